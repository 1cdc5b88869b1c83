"""Draws the plots of bench/results.json: SVG files in bench/plots, made with matplotlib. The same figures give the same
bytes."""
import pathlib

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import NullFormatter  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent / "plots"
OURS, BOUND, INK = "#2563a8", "#b3402a", "#303030"

matplotlib.rcParams.update({
    "svg.hashsalt": "virtsql",
    "svg.fonttype": "none",  # text stays text, and can be searched
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "axes.axisbelow": True,
})


def saved(figure, name):
    FOLDER.mkdir(exist_ok=True)
    # Without the date, which matplotlib would write into the file: the same figures must give the same bytes.
    figure.savefig(FOLDER / f"{name}.svg", bbox_inches="tight", metadata={"Date": None, "Creator": None}, facecolor="white")
    plt.close(figure)
    return f"plots/{name}.svg"


def series(fleets, what, about=""):
    """(number of VMs, value of the figure) for each fleet that has the figure."""
    points = []
    for fleet in fleets:
        for figure in fleet["figures"]:
            if (figure["what"], figure["about"]) == (what, about) and not figure["skipped"]:
                points.append((fleet["vms"], figure["ours"]))
    return points


def in_decades(axis):
    """Labels a logarithmic axis with plain numbers, at its decades only."""
    axis.set_major_formatter(lambda value, _: f"{value:,g}")
    axis.set_minor_formatter(NullFormatter())


def growth(axes, title, unit, lines, bound=None):
    """Draws how something grows with the fleet. Both axes are logarithmic, so that linear growth is a straight line."""
    for label, points in lines:
        if points:
            axes.plot(*zip(*points), marker="o", label=label, color=OURS if len(lines) == 1 else None)
    if bound is not None:
        axes.axhline(bound, color=BOUND, linestyle="--", linewidth=1, label="bound")
    axes.set(title=title, xlabel="VMs", ylabel=unit, xscale="log", yscale="log")
    in_decades(axes.xaxis)
    in_decades(axes.yaxis)
    if len(lines) > 1 or bound is not None:
        axes.legend(frameon=False)


def fleet_plot(fleets):
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.2), layout="constrained")
    growth(axes[0], "Import, per capture", "µs", [(label, series(fleets, f"import of a {label}"))
                                                  for label in ("new VM", "known VM's next capture")])
    axes[0].set(yscale="linear", ylim=(0, None))
    growth(axes[1], "Database file", "MiB", [("", series(fleets, "database"))])
    growth(axes[2], "Look-ups", "ms", [(about, series(fleets, "find by", about))
                                       for about in ("MAC", "image path", "host and PCI address")], bound=0.1)
    return saved(figure, "fleet")


def recipes_plot(fleets):
    largest = fleets[-1]
    rows = sorted(((figure["about"], figure["ours"]) for figure in largest["figures"]
                   if figure["what"] == "recipe" and not figure["skipped"]), key=lambda row: row[1])
    figure, axes = plt.subplots(figsize=(8, 0.19 * len(rows) + 0.8), layout="constrained")
    axes.barh([name for name, _ in rows], [max(ms, 0.5) for _, ms in rows], color=OURS)
    axes.axvline(1000, color=BOUND, linestyle="--", linewidth=1)
    axes.set(title=f"Recipes on {largest['vms']:,} VMs (the dashed line: 1 s)", xlabel="ms", xscale="log")
    in_decades(axes.xaxis)
    axes.margins(y=0.01)
    return saved(figure, "recipes")


def ratios_plot(figures):
    """Draws each figure as a multiple of its peer's: 1 is as much as the peer takes."""
    rows = []
    for figure in figures:
        if figure["skipped"] or not figure["peer"] or not figure["ours"] or figure["unit"] == "documents/s":
            continue
        label = f"{figure['what']} – {figure['about']}" if figure["about"] else figure["what"]
        peer = figure["peer_name"].split(":")[0].split(" (")[0]
        bound = figure["value"] if figure["bound"] in ("times_peer", "below_peer") else None
        rows.append((f"{label}\nbeside {peer}", figure["ours"] / figure["peer"], bound))
    rows.reverse()
    figure, axes = plt.subplots(figsize=(10, 0.36 * len(rows) + 0.8), layout="constrained")
    axes.barh(range(len(rows)), [ratio for _, ratio, _ in rows], color=OURS)
    for place, (_, _, bound) in enumerate(rows):
        if bound is not None:
            axes.plot([bound, bound], [place - 0.4, place + 0.4], color=BOUND, linewidth=2)
    axes.axvline(1, color=INK, linewidth=1)
    axes.set_yticks(range(len(rows)), [label for label, _, _ in rows], fontsize=7)
    axes.set(title="virtsql beside its peers, in times of the peer (red: the bound; shorter is better)", xscale="log")
    in_decades(axes.xaxis)
    axes.margins(y=0.01)
    return saved(figure, "ratios")


def pictures(results):
    """Draws the plots that the results have figures for. Returns (title, path relative to RESULTS.md) of each."""
    out = []
    if results.figures():
        out.append(("virtsql beside its peers", ratios_plot(results.figures())))
    if len(results.fleets()) > 1:
        out.append(("How import, size and look-ups grow with the fleet", fleet_plot(results.fleets())))
        out.append(("Recipes on the largest fleet", recipes_plot(results.fleets())))
    return out
