"""Rows of the table, and how it is printed."""

from dataclasses import dataclass


@dataclass
class Row:
    """One comparison. `reached` is None where there is no target, or nothing was measured."""

    what: str
    ours: str
    peer: str = "-"
    ratio: str = "-"
    target: str = "-"
    reached: bool | None = None


HEAD = Row("what", "sonde", "peer", "ratio", "target")


def _cells(row):
    reached = {True: "yes", False: "NO", None: "-"}[row.reached]
    return [row.what, row.ours, row.peer, row.ratio, row.target,
            "reached" if row is HEAD else reached]


def markdown(rows):
    """The table in Markdown, padded so that it reads well at a terminal, too."""
    lines = [_cells(row) for row in [HEAD, *rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
            for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def compared(what, ours, peer_name, peer, target, unit="ms", most=None):
    """A Row of two numbers of which the smaller is better; `ours` is None if not measured."""
    peer_text = f"{peer_name} {peer:.3f} {unit}"
    if ours is None:
        return Row(what, "not measured", peer_text, "-", target)
    ratio = ours / peer
    reached = None if most is None else ratio <= most
    return Row(what, f"{ours:.3f} {unit}", peer_text, f"{ratio:.2f} x", target, reached)
