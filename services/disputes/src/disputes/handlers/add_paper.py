"""Somebody brings a paper for a dispute."""

from disputes.domain.folder import Folder
from disputes.domain.paper import Paper


def add_paper(folder: Folder, paper: Paper) -> Paper:
    """The same bytes again are the paper that is there, under the name it came with first. Raises TooManyPapers."""
    there = folder.papers.get(paper.paper_id)
    if there is not None:
        return there

    folder.must_have_room()

    folder.papers[paper.paper_id] = paper
    folder.added.append(paper)
    return paper
