"""What a reader decided of a line: sheets of codes, codes that follow their lines, and how far coders agree."""

from corpus_lib.coding.agreement import agreement
from corpus_lib.coding.codes import Codes, read_codes
from corpus_lib.coding.sheet import code_sheet

__all__ = ["code_sheet", "read_codes", "Codes", "agreement"]
