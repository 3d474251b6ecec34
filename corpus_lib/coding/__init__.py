"""What a reader decided of a line: sheets of codes, codes that follow their lines, and how far coders agree."""

from corpus_lib.coding.agreement import agreement
from corpus_lib.coding.codes import Codes, code_sheet, read_codes

__all__ = ["code_sheet", "read_codes", "Codes", "agreement"]
