"""What the columns of result tables are called on a page, and what they mean; files and code keep the library's own names.

The one place for both: `show` takes its headings from here, and the pages of a report the key below their tables.
"""

from dataclasses import dataclass

__all__ = ["COLUMNS", "Column", "column"]


@dataclass(frozen=True)
class Column:
    """A column as readers meet it."""

    heading: str
    """Words above the column, with the unit where it has one."""
    meaning: str
    """One sentence without a full stop, for the key of a page."""


def _columns(text: str) -> dict[str, Column]:
    rows = (line.split(" | ") for line in text.strip().splitlines() if line)
    return {name.strip(): Column(heading.strip(), meaning.strip()) for name, heading, meaning in rows}


COLUMNS = _columns("""
doc_id                 | document                   | name of the text: its file without suffix, or its name in the table
n_words                | words                      | words of the text after cleaning
n_bytes                | size (bytes)               | bytes of the source file
n_lines                | lines                      | lines of the source that are not blank
n_dropped              | lines dropped              | lines that were taken for something else than the article
n_edits                | edits                      | repairs inside kept lines
n_flags                | flags                      | places that were noticed and left as they are
needs_review           | needs review               | whether the cleaning asks for a person's eye on the whole text
source_or_publisher    | source or publisher        | origin that the page credits, else the organisation that it names as publishing it
date_published         | published                  | date of publication that the page states, at the precision stated
date_modified          | modified                   | date of the last change that the page states
date_event             | event                      | date of an event that the page announces
encoding_basis         | basis of the encoding      | why the file was read in this encoding
line                   | line                       | number of the line in the source file, blank lines counted
label                  | label                      | what the line was taken for; body, heading and list item are kept
keep                   | kept                       | whether the line is part of the article
votes                  | votes                      | label that each rule or model would have given the line
probability            | probability of keeping     | line model's probability, from 0 to 1, that the line belongs to the article
doubt                  | doubt                      | how far the evidence is from agreeing with the decision, from 0 to 1
words_at_risk          | words at risk              | words times doubt: what a wrong decision would cost
byte_start             | from byte                  | where the place starts in the source file, counted from 0
byte_end               | to byte                    | where the place ends in the source file: the first byte behind it
kind                   | kind                       | what was noticed
basis                  | basis                      | given by the user, stated by the page, inferred, or about an event
confidence             | confidence                 | how sure the finding is, from 0 to 1
decided                | decided                    | whether this finding is the one that is used
n_tokens               | words (tokens)             | running words
n_types                | different words (types)    | different words
ttr                    | type-token ratio           | types divided by tokens; falls with the length of a text
sttr                   | standardised TTR           | mean type-token ratio of consecutive stretches of equal length
sttr_low               | standardised TTR, low      | lower end of its interval
sttr_high              | standardised TTR, high     | upper end of its interval
mattr                  | MATTR                      | type-token ratio averaged over moving windows of equal length; comparable between texts of different lengths
mattr_low              | MATTR, low                 | lower end of its interval
mattr_high             | MATTR, high                | upper end of its interval
mtld                   | MTLD (words)               | mean length of stretches that keep the type-token ratio above a threshold
hdd                    | HD-D                       | expected share of different words in a random sample of the text
yule_k                 | Yule's K                   | repetition of words; higher means more repetition
n_hapaxes              | words used once            | types that occur once
hapax_share            | share used once            | words used once divided by types
mean_word_length       | word length (letters)      | mean number of characters of a token
n_sentences            | sentences                  | sentences
mean_sentence_length   | sentence length (words)    | mean number of words of a sentence
token                  | word                       | the word, in lower case
frequency              | occurrences                | how often it occurs
per_million            | per million words          | occurrences in a million words
document_range         | texts with it              | number of texts in which it occurs
range                  | texts with it              | number of texts in which it occurs
dp                     | DP                         | Gries's deviation of proportions: 0 where a word is spread like the words at large, near 1 where one text has it all
dp_norm                | DP (normalised)            | deviation of proportions, divided by its largest value
juilland_d             | Juilland's D               | evenness of the spread: 1 is even
kl_divergence          | KL divergence (bits)       | distance of the word's spread from that of all words; 0 is even
without_hyphens        | without hyphens            | occurrences where a hyphen divides words
without_apostrophes    | without apostrophes        | occurrences where an apostrophe divides words
without_abbreviations  | without abbreviations      | occurrences where full stops divide abbreviations
without_numbers        | without numbers            | occurrences where numbers are no words
without_lowercase      | without lowercase          | occurrences where capital and small letters differ
word_characters        | word characters            | occurrences where a word is a run of letters, digits and underscores
between_blanks         | between blanks             | occurrences where a word is what stands between blanks
moved_by               | moved by                   | decisions that change the count
frequency_joined       | occurrences, joined        | occurrences of all names taken together
frequency_target       | occurrences, target        | occurrences in the text, or the group, that is looked at
frequency_reference    | occurrences, reference     | occurrences in what it is compared with
per_million_target     | per million, target        | occurrences in a million words of the target
per_million_reference  | per million, reference     | occurrences in a million words of the reference
per_million_english    | per million, English       | occurrences in a million words of general English
document_range_target  | texts with it, target      | number of texts of the target in which it occurs
document_range_reference | texts with it, reference | number of texts of the reference in which it occurs
dp_norm_target         | DP (normalised), target    | how unevenly the word is spread over the texts of the target: 0 is even
log_ratio              | log ratio (doublings)      | how many times the rate doubles from the reference to the target
log_ratio_conservative | LRC (doublings)            | the log ratio nearest to 0 that the counts leave credible, after correction for all words compared, if every word were drawn by itself; no test over texts
log_likelihood         | G²                         | log-likelihood: how surprising the difference is if every word were drawn by itself
p_value                | p                          | p-value of G², for words drawn by themselves; beside z, from shuffles of the texts
p_adjusted             | p, corrected               | p-value corrected for the number of words compared; still for words drawn by themselves
log_odds_z             | log-odds z                 | standardised difference of log odds with a prior (Monroe and others 2008)
simple_maths           | simple maths               | ratio of the rates, each with a constant added
text_dispersion        | text dispersion (G²)       | G² on the number of texts with the word instead of occurrences
z                      | z                          | how far the texts' rates differ, in standard deviations of what shuffling the texts gives
q_value                | q                          | share of chance finds in the list up to this word
sure                   | sure                       | in at most one shuffle of the texts in twenty does any word differ as much, and LRC is not 0
n_paragraphs           | paragraphs with it         | paragraphs of the text in which the word occurs
n_paragraphs_all       | paragraphs                 | paragraphs of the text
groups_below           | texts below                | number of the other texts, or groups, in which the word is rarer
n_other_groups         | other texts                | number of the other texts, or groups
observed               | together, observed         | how often the two words stand near each other
expected               | together, expected         | how often they would by chance
log_dice               | log Dice                   | strength of the bond of the two words; 14 is the most
mi                     | MI (bits)                  | mutual information: how much oftener than chance, in doublings
quoted_share           | share quoted               | part of the occurrences that stand in direct speech
first_line             | first line                 | number of the line in the source file where it starts
second_line            | second line                | number of the line of the second sentence
n_topics               | topics                     | number of topics
stability              | stability                  | mean share of a topic's first ten words that return when a part of the corpus is left out
stability_low          | stability, low             | lower end of its interval
stability_high         | stability, high            | upper end of its interval
npmi                   | coherence (NPMI)           | how much oftener than chance a topic's first words stand near each other, from -1 to 1
c_v                    | coherence (C_V)            | similarity of the company that a topic's first words keep, from 0 to 1
u_mass                 | coherence (UMass)          | log probability that a topic's first words share a text; nearer to 0 is more coherent
diversity              | diversity                  | share of different words among the first words of all topics
reproducible_share     | share reproducible         | part of the topics that are reproducible
prevalence             | prevalence                 | mean share of the topic
reproducibility        | reproducibility            | mean overlap of the topic's first ten words with its partner's in refits on parts of the corpus, from 0 to 1
reproducibility_low    | reproducibility, low       | lower end of its interval
reproducibility_high   | reproducibility, high      | upper end of its interval
support                | support (units)            | units that hold at least three of the topic's first words
support_documents      | support (texts)            | texts that hold at least three of the topic's first words
single_document        | share in one text          | largest part of the topic that one text carries
largest_document       | largest text               | the text that has most of the topic
""")


def column(name: object) -> Column:
    """A column's heading and meaning; a name that is not the library's own stands for itself.

    Examples
    --------
    >>> column("per_million_target").heading
    'per million, target'
    >>> column("my_own").heading
    'my_own'
    """
    return COLUMNS.get(str(name), Column(str(name), ""))
