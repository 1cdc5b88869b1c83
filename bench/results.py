"""The figures that bench/compare measured, kept in bench/results.json, and the page made from them, bench/RESULTS.md.

results.json has the figures of each group with the day and the machine on which they were measured. virtsql and its
peer were measured in one run. A later run of some groups replaces only those groups.
"""
import json
import pathlib

BENCH = pathlib.Path(__file__).resolve().parent
GROUPS = ["hook", "import", "generate", "drain", "history", "look-up", "start-up"]
# The store in PostgreSQL: bench/fleet_store and bench/fleet_scale.
FLEET_GROUPS = ["fleet", "fleet-scale"]


class Results:
    """groups: name -> {"date", "machine", "figures"}; scale: {"date", "machine", "fleets"} or None; simulation: what
    bench/fleet_simulation wrote, or None.

    A figure is an object as virtsql_compare prints it (bench/compare.cc); a fleet is {"vms", "revisions", "figures"}.
    """

    def __init__(self, path=BENCH / "results.json"):
        self.path = path
        kept = json.loads(path.read_text()) if path.exists() else {}
        self.groups = kept.get("groups", {})
        self.scale = kept.get("scale")
        self.simulation = kept.get("simulation")

    def save(self):
        self.path.write_text(json.dumps({"groups": self.groups, "scale": self.scale, "simulation": self.simulation}, indent=1, sort_keys=True) + "\n")

    def figures(self, groups=GROUPS):
        return [figure for group in groups for figure in self.groups.get(group, {"figures": []})["figures"]]

    def fleets(self):
        """The fleets of the scale, from the smallest to the largest."""
        return sorted(self.scale["fleets"], key=lambda f: (f["vms"], f["revisions"])) if self.scale else []


def spelled(value):
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def bound_text(figure):
    value, unit = figure["value"], figure["unit"]
    return {
        "none": "",
        "times_peer": f"≤ {value:g} ×",
        "times_peer_or_more": f"≥ {value:g} ×",
        "below_peer": "< 1 ×",
        "at_most": f"≤ {spelled(value)} {unit}",
        "at_least": f"≥ {spelled(value)} {unit}",
        "flat": f"≤ {value:g} × the fewest",
    }[figure["bound"]]


def holds(figure, reference=None):
    """Whether the figure keeps its bound. None if it has no bound or was skipped, or if its bound is `flat` and there
    is no `reference` yet."""
    ours, peer, value = figure["ours"], figure["peer"], figure["value"]
    if figure["bound"] == "none" or figure["skipped"] or (figure["bound"] == "flat" and reference is None):
        return None
    return {
        "times_peer": lambda: ours <= value * peer,
        "times_peer_or_more": lambda: ours >= value * peer,
        "below_peer": lambda: ours < peer,
        "at_most": lambda: ours <= value,
        "at_least": lambda: ours >= value,
        "flat": lambda: ours <= value * reference,
    }[figure["bound"]]()


def verdict(held):
    return "" if held is None else "yes" if held else "**no**"


def table_line(cells):
    return "| " + " | ".join(cells) + " |"


def table(head, rows):
    return "\n".join(table_line(cells) for cells in [head, ["---"] * len(head), *rows])


def name_of(figure):
    return f"{figure['what']}: {figure['about']}" if figure["about"] else figure["what"]


def peers_head():
    return ["what", "virtsql", "peer or limit", "its figure", "ratio", "bound", "holds"]


def peers_row(figure):
    unit = figure["unit"]
    if figure["skipped"]:
        return [name_of(figure), "", figure["peer_name"], figure["skipped"], "", bound_text(figure), ""]
    peer = figure["peer"]
    # A figure without a peer is compared with its bound.
    other = f"{spelled(peer)} {unit}" if peer is not None else ""
    base = peer if peer is not None else figure["value"]
    ratio = f"{figure['ours'] / base:.3g}" if base else ""
    beside = figure["peer_name"] or ("" if figure["bound"] == "none" else "the bound")
    return [name_of(figure), f"{spelled(figure['ours'])} {unit}", beside, other, ratio, bound_text(figure), verdict(holds(figure))]


def peers_table(figures):
    return table(peers_head(), [peers_row(figure) for figure in figures])


def scale_cell(figure):
    if figure["skipped"]:
        return figure["skipped"]
    ratio = f" ({figure['ours'] / figure['peer']:.3g} ×)" if figure["peer"] else ""
    return f"{spelled(figure['ours'])} {figure['unit']}{ratio}"


def same_figure(fleet, figure):
    """The fleet's figure with the same name, or None."""
    return next((f for f in fleet["figures"] if (f["what"], f["about"]) == (figure["what"], figure["about"])), None)


def scale_tables(fleets):
    """Returns a table of all figures but the recipes, a table of the recipes, and the figures that break their
    bound."""
    head = ["what"] + [f"{fleet['vms']:,} VMs × {fleet['revisions']}" for fleet in fleets] + ["bound", "holds"]
    sizes, recipes, failures = [], [], []
    for figure in fleets[0]["figures"]:
        cells, verdicts, first = [], [], {}
        for fleet in fleets:
            own = same_figure(fleet, figure)
            if own is None:
                cells.append("")
                continue
            cells.append(scale_cell(own))
            held = holds(own, first.get(fleet["revisions"]))
            first.setdefault(fleet["revisions"], own["ours"])
            if held is not None:
                verdicts.append(held)
        is_recipe = figure["what"] == "recipe"
        if verdicts and not all(verdicts):
            failures.append(figure)
        name = figure["about"] if is_recipe else f"{figure['what']} {figure['about']}".strip()
        beside = f", beside {figure['peer_name']}" if figure["peer_name"] else ""
        row = [name + beside, *cells, bound_text(figure), verdict(all(verdicts) if verdicts else None)]
        (recipes if is_recipe else sizes).append(row)
    return table(head, sizes), table(["recipe", *head[1:]], recipes), failures


def limits(failures):
    """The figures that break their bound, with the reason: one line for all figures of the same row."""
    lines = {}
    for figure in failures:
        lines.setdefault((figure["what"], figure["peer_name"], figure["limit"]), []).append(figure["about"])
    out = []
    for (what, peer, limit), abouts in lines.items():
        against = f", against {peer}" if peer else ""
        on = f" ({'; '.join(filter(None, abouts))})" if any(abouts) else ""
        out.append(f"- {what}{against}{on}: {limit}.")
    return "\n".join(out) if out else "Every bound holds."


def measured_on(parts):
    """On which day and machine each part was measured: one line for all parts with the same."""
    by = {}
    for name, part in parts:
        by.setdefault((part["date"], part["machine"]), []).append(name)
    return "\n".join(f"- {', '.join(names)}: {date}, {machine}" for (date, machine), names in by.items())


def simulation_text(simulation):
    assumptions = "\n".join(f"- {line};" for line in simulation["assumptions"]).removesuffix(";") + "."
    return (f"\n### Simulated\n\nBy `bench/fleet_simulation` from these costs: {simulation['about']}.\n\n"
            f"{table(simulation['head'], simulation['rows'])}\n\nIt assumes:\n\n{assumptions}\n")


def page(results, pictures):
    """The text of RESULTS.md. pictures: (title, path relative to the page) of each plot."""
    figures, fleets = results.figures(), results.fleets()
    failures = [figure for figure in figures if holds(figure) is False]
    parts = [(group, results.groups[group]) for group in [*GROUPS, *FLEET_GROUPS] if group in results.groups]
    if results.scale:
        parts.append(("scale", results.scale))
    text = (
        "# Results\n\nWritten by `bench/compare` from [results.json](results.json). Ours and peer were measured in one run, on "
        "one machine; times are wall-clock medians unless a row says otherwise. Profiles are in [PROFILE.md](PROFILE.md).\n\n"
        f"{measured_on(parts)}\n\n"
    )
    text += "".join(f"![{title}]({path})\n\n" for title, path in pictures)
    text += peers_table(figures) + "\n"
    if fleets:
        sizes, recipes, too_large = scale_tables(fleets)
        failures += too_large
        text += f"\n## Scale\n\nFleets, each VM with so many captures, of which one in ten changes something.\n\n{sizes}\n\n{recipes}\n"
    in_postgresql = results.figures(FLEET_GROUPS)
    if in_postgresql:
        failures += [figure for figure in in_postgresql if holds(figure) is False]
        text += f"\n## The fleet in PostgreSQL\n\nBy `bench/fleet_store` and `bench/fleet_scale`.\n\n{peers_table(in_postgresql)}\n"
    if results.simulation:
        text += simulation_text(results.simulation)
    return text + f"\n## What limits\n\n{limits(failures)}\n"
