"""Words from elsewhere: stop lists, reference lists, frequency lists."""

from corpus_lib.wordlists.frequency_lists import general_english_rates, read_frequency_list, reference, reference_names
from corpus_lib.wordlists.stopwords import StopList, for_language
