"""Somebody brings a paper for a dispute."""

from disputes.domain.folder import Folder
from disputes.domain.paper import Paper


def add_paper(folder: Folder, paper: Paper) -> Paper:
    """The same bytes again are the paper that is there, under the name it came with first; brought for the customer,
    or by them, it is not among us any more. Raises TooManyPapers.
    """
    there = folder.papers.get(paper.paper_id)
    if there is not None:
        if there.shared_at is None and paper.shared_at is not None:
            there.shared_at = paper.shared_at
            folder.shared.append(there)
        return there

    folder.must_have_room()

    folder.papers[paper.paper_id] = paper
    folder.added.append(paper)
    return paper
