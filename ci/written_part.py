"""The part of a page that a command writes, between two marks; what stands around it is people's."""


def replace(file, begin, end, text):
    """Puts the text where the first part between these marks stands. ValueError if there is none."""
    page = file.read_text(encoding="utf-8")
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{file}: has no part from {begin} to {end}")
    file.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
