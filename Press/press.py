"""Turns HTML on standard input into one PDF on standard output.

Several documents may come, separated by form feeds: each keeps its own count of pages, and the title and language of
the whole are those of the first. Nothing is fetched: a document that names any address but `data:` is not printed, be
it a file of this machine or a page of the network. Exit status: 0 printed, 3 such an address, 4 WeasyPrint is missing,
5 not enough memory.
"""

import sys

try:
    from weasyprint import HTML, default_url_fetcher
except ImportError:
    sys.exit(4)

# The most pages of a document that is tagged for screen readers.
TAGGED = 60

refused: list[str] = []


def fetch(url: str, timeout: int = 0, ssl_context=None):
    if url.startswith("data:"):
        return default_url_fetcher(url)
    refused.append(url)
    raise ValueError("only data: is read")


def main() -> int:
    texts = sys.stdin.buffer.read().decode("utf-8").split("\f")
    documents = [HTML(string=text, base_url="data:,", url_fetcher=fetch).render() for text in texts]
    pages = [page for document in documents for page in document.pages]
    if len(documents) == 1:
        # WeasyPrint looks at the whole document again for each page that it tags: long ones are for the printer.
        pdf = documents[0].write_pdf(variant="pdf/ua-1" if len(pages) <= TAGGED else None)
    else:
        # It tags the elements of one document only; several are a print run, read on paper.
        pdf = documents[0].copy(pages).write_pdf()
    if refused:
        print(f"an address that is not data: {refused[0][:80]}", file=sys.stderr)
        return 3
    sys.stdout.buffer.write(pdf)
    return 0


try:
    sys.exit(main())
except (MemoryError, SystemError):
    # An extension that finds no memory sometimes ends without saying so, which Python calls a SystemError.
    sys.exit(5)
