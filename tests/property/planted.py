"""The faults that are planted, each by the exact text of a line, and what finds them."""

from typing import NamedTuple

ANSWERS = "tests.property.comparing"
PASTS = "tests.property.pasts"
SEGMENTS = "tests.property.sweeping"
PAGES = "tests.property.pages"
CLOSING = "tests.property.closing"


class Fault(NamedTuple):
    """In the module, `right` (which stands there once) becomes `wrong`; what should find it."""

    module: str
    right: str
    wrong: str
    comparison: str = ANSWERS


OPENNESS = "infrastructure.questions.openness"
ADMISSION = "infrastructure.questions.admission"
STANDINGS = "infrastructure.questions.standings"
PARTS = "infrastructure.questions.parts"
LINEAGE = "infrastructure.questions.lineage"
JUDGEMENTS = "infrastructure.questions.judgements"
ROWS = "infrastructure.projecting.rows"
BOARD = "infrastructure.questions.board"
DOSSIER = "infrastructure.questions.dossier"
TIMELINE = "infrastructure.questions.timeline"
REVISIONS = "infrastructure.questions.revisions"
KEPT = "infrastructure.questions.segments"
MARKING = "infrastructure.projecting.marking"
SWEEPING = "infrastructure.projecting.sweeping"
STANCES = "infrastructure.questions.stances"
SCANNED = "infrastructure.questions.scanned"
LINES = "infrastructure.questions.lines"
UNSHUT = "infrastructure.questions.unshut"
PARTNERS = "infrastructure.questions.partners"
MATRIX = "infrastructure.questions.matrix"

FAULTS = {
    "less-for-less-or-equal": Fault(OPENNESS, "sets.c.latest <= DAY", "sets.c.latest < DAY"),
    "a-close-acts-a-day-late": Fault(
        OPENNESS, "        close.c.earliest <= DAY,", "        close.c.earliest < DAY,"
    ),
    "closes-act-a-day-early": Fault(
        ADMISSION, '"upto": key(day + 1, -1, 0)', '"upto": key(day + 2, -1, 0)'
    ),
    "vague-closes-far-away-ignored": Fault(ADMISSION, "LONGEST_DATE = 366", "LONGEST_DATE = 20"),
    "lowest-level-of-a-last-close-ignored": Fault(LINES, "close.c.low <= line.level", "True"),
    "highest-level-of-a-last-close-ignored": Fault(LINES, "close.c.high >= line.level", "True"),
    "last-close-not-admitted": Fault(
        LINES, "            admitted(self.rm, close, self.filters),\n", ""
    ),
    "last-close-of-all-lines-to-an-actor-ignored": Fault(
        LINES, "(literal(ANY), line.b)", "(line.a, line.b)"
    ),
    "last-close-of-all-lines-of-an-actor-ignored": Fault(
        LINES, "(line.a, literal(ANY))", "(line.a, line.b)"
    ),
    "earliest-key-of-the-last-close-for-the-greatest": Fault(
        LINES, 'among, "earliest_key")', 'among, "latest_key")', CLOSING
    ),
    "close-that-only-may-act-ignored-on-a-strand": Fault(
        LINES, '_PERHAPS_ACTING, "latest_key"', '_ACTING, "latest_key"'
    ),
    "close-that-cannot-have-acted-yet": Fault(
        LINES, "close.c.earliest <= DAY", "close.c.earliest <= DAY + 31", CLOSING
    ),
    "begun-perhaps-for-certain-on-a-strand": Fault(
        LINES, "sets.c.latest <= DAY", "sets.c.earliest <= DAY"
    ),
    "shut-by-the-first-close-for-the-last": Fault(
        LINES, "sets.c.begin_key >= asked.c.shut", "sets.c.begin_key >= asked.c.since"
    ),
    "shut-sets-on-a-strand": Fault(LINES, "sets.c.end_key >= asked.c.since,\n", ""),
    "breadth-of-a-strand-ignored": Fault(LINES, "asked.c.since - asked.c.length", "asked.c.since"),
    "sanctions-of-many-ignored": Fault(
        LINES, "rm.sets.c.kind == SANCTIONS", "rm.sets.c.kind == ANY"
    ),
    "tie-by-position": Fault("infrastructure.keys", "<< PLACE_BITS) | place", "<< PLACE_BITS)"),
    "earliest-for-latest": Fault(ROWS, "key(latest, rank,", "key(earliest, rank,"),
    "earliest-for-ended": Fault(ROWS, "key(ended, 0,", "key(earliest, 0,"),
    "ranks-ignored": Fault("infrastructure.keys", "(rank + 1)", "1"),
    "lowest-level-of-a-close-ignored": Fault(OPENNESS, "close.c.low <= sets.c.level", "True"),
    "highest-level-of-a-close-ignored": Fault(OPENNESS, "close.c.high >= sets.c.level", "True"),
    "place-of-a-correction": Fault(
        "infrastructure.projecting.batch",
        "self._known[event.supersedes][1] if event.supersedes else position",
        "position",
    ),
    "retraction-before-it-was-known": Fault(
        ADMISSION, "rows.c.known_to > POSITION", "rows.c.known_to == 2**62"
    ),
    "retraction-ignored": Fault(ADMISSION, "rows.c.known_to > POSITION", "True"),
    "denial-ignored": Fault(ADMISSION, "*denied, *_unfit", "*_unfit"),
    "retracted-denial-still-disputes": Fault(
        ADMISSION,
        "rival\n    return exists(select(1).where(*named, heard(rm, denial, filters)))",
        "rival\n    return exists(select(1).where(*named))",
    ),
    "own-denial-disputes": Fault(
        ADMISSION, "denial.c.claimant.is_distinct_from(rows.c.claimant)", "denial.c.position > 0"
    ),
    "grade-f-is-below": Fault(ADMISSION, ', reliability == "F"', ""),
    "credibility-6-is-below": Fault(ADMISSION, ", credibility == 6", ""),
    "alleged-flag": Fault(ADMISSION, "rows.c.alleged == 1", "rows.c.alleged == 2"),
    "planned-claims-count": Fault(
        ADMISSION, "modalities = ADMITTED", 'modalities = {"planned"} | ADMITTED'
    ),
    "programme-of-a-sanction": Fault(
        OPENNESS,
        "or_(close.c.programme.is_(None), close.c.programme == sets.c.programme)",
        "True",
    ),
    "lifting-without-a-programme": Fault(
        OPENNESS, "close.c.programme.is_(None), ", "close.c.programme == ANY, "
    ),
    "name-of-before-the-registration": Fault(
        "infrastructure.questions.registrations",
        "since < (row.since, row.place)",
        "True",
    ),
    "dissolution-of-a-member": Fault(
        OPENNESS,
        "close.c.source.in_((sets.c.source, literal(ANY)))",
        "close.c.source == sets.c.source",
    ),
    "staleness-horizon": Fault(STANDINGS, "last + horizon <= day", "last + horizon < day"),
    "staleness-of-level-2": Fault(
        STANDINGS, "STALE_AFTER_DAYS[max(row.level for row in lines)]", "STALE_AFTER_DAYS[1]"
    ),
    "since-the-earlier-of-two": Fault(STANDINGS, "later = max(", "later = min("),
    "sanctions-do-not-decide": Fault(STANDINGS, "return self.sanctions\n", "return []\n"),
    "corroborations-unheard": Fault(STANDINGS, "heard.update(", "heard.union("),
    "name-before-it-was-taken": Fault(
        "infrastructure.questions.registrations", ", later.c.latest <= DAY", ""
    ),
    "organisations-not-excluded": Fault(PARTS, "        ~excluded,\n", ""),
    "claimed-memberships-count": Fault(
        PARTS, "stay.c.kind == literal_column(\"'umbrella'\")", 'stay.c.kind.like("%umbrella")'
    ),
    "upwards-only": Fault(PARTS, "in (upwards, downwards)", "in (upwards, upwards)"),
    "overlap-ignored": Fault(PARTS, "if one.isdisjoint(other) else", "if True else"),
    "filters-close-memberships": Fault(
        PARTS,
        "certainly_open(rm, stay, filters, admission=counting)",
        "certainly_open(rm, stay, filters)",
    ),
    "organisation-that-was": Fault(PARTS, "known(organisation),", "organisation.c.position > 0,"),
    "within-a-group": Fault(
        "infrastructure.questions.alignments",
        "return row.source in source and row.target in target",
        "return row.source in source or row.target in target",
    ),
    "succession-not-certain-yet": Fault(LINEAGE, "link.c.earliest <= DAY", "link.c.latest <= DAY"),
    "one-step-back": Fault(LINEAGE, "walk.c.steps < LINEAGE_STEPS - 1", "walk.c.steps < 0"),
    "judgement-by-position": Fault(
        JUDGEMENTS, "later.c.begin_key > table.c.begin_key", "later.c.position > table.c.position"
    ),
    "retracted-judgement-stands": Fault(
        JUDGEMENTS, "        known(later),\n", "        later.c.position <= table.c.known_to,\n"
    ),
    "a-rivals-judgement-replaces": Fault(
        JUDGEMENTS, "later.c.claimant.is_not_distinct_from(table.c.claimant)", "True"
    ),
    "twins-by-what-was-judged-before": Fault(JUDGEMENTS, ".where(one.c.standing)", ""),
    "later-registration-wins": Fault(
        "infrastructure.questions.registrations",
        "later.setdefault(row.actor, row)",
        "later[row.actor] = row",
    ),
    "a-close-of-every-source-is-passed-by": Fault(
        BOARD, "(self.source, ANY)", "(self.source,)", PASTS
    ),
    "a-close-of-every-target-is-passed-by": Fault(
        BOARD, "(self.target, ANY)", "(self.target,)", PASTS
    ),
    "a-close-of-every-programme-is-passed-by": Fault(
        BOARD, "(self.programme, None)", "(self.programme,)", PASTS
    ),
    "the-highest-level-stays-open": Fault(BOARD, "one.high + 1", "one.high", PASTS),
    "a-commitment-of-one": Fault(BOARD, 'self._open["other"])', 'self._open["one"])', PASTS),
    "weak-before-strong": Fault(
        BOARD, '("strong", "weak") if self', '("weak", "strong") if self', PASTS
    ),
    "the-last-member-to-leave-breaks-a-commitment": Fault(
        BOARD, 'self._levels["cooperation", alliance.level()] -= 1', "pass", PASTS
    ),
    "opened-by-what-was-open": Fault(
        TIMELINE, "_events(board, taking_hold)", "_events(board, taking_hold[:1])", PASTS
    ),
    "opened-by-in-no-order": Fault(TIMELINE, "by_place = sorted(", "by_place = list(", PASTS),
    "retracted-effects-shape-the-timeline": Fault(
        DOSSIER,
        "stretches[-1][0] <= position < stretches[-1][1]",
        "stretches[-1][0] <= position",
        PASTS,
    ),
    "a-denial-is-for-ever": Fault(
        DOSSIER, "begin = max(begin, high)", "begin = max(begin, end)", PASTS
    ),
    "a-denial-acts-from-the-start": Fault(DOSSIER, "if begin < min(low, end):", "if False:", PASTS),
    "once-told-always-counted": Fault(
        REVISIONS, "self._counts[at] = False", "self._counts[at] = True", PASTS
    ),
    "revisions-of-every-day": Fault(REVISIONS, ".since <= day", ".since <= day + 9999", PASTS),
    "the-last-position-is-passed-by": Fault(
        REVISIONS,
        "if position <= dossier.viewpoint.position",
        "if position < dossier.viewpoint.position",
        PASTS,
    ),
    "the-least-key-counts": Fault(REVISIONS, "(-one.key, at)", "(one.key, at)", PASTS),
    "a-segment-ends-a-day-late": Fault(
        KEPT,
        "following.day is None else following.day",
        "following.day is None else following.day + 1",
        SEGMENTS,
    ),
    "a-line-is-kept-that-was-retracted": Fault(
        KEPT,
        "table.c.kind.in_(PAIR_KINDS), known(table))",
        "table.c.kind.in_(PAIR_KINDS))",
        SEGMENTS,
    ),
    "a-line-is-kept-that-its-actors-end-closed": Fault(
        KEPT, "(b, a), (a, ANY), (ANY, a), (b, ANY), (ANY, b)", "(b, a)", SEGMENTS
    ),
    "only-the-first-actors-end-marks": Fault(
        MARKING, "or_(pairs.c.a == actor, pairs.c.b == actor)", "pairs.c.a == actor", SEGMENTS
    ),
    "an-actors-end-marks-nothing": Fault(MARKING, "if self._actors:", "if False:", SEGMENTS),
    "closes-taken-back-mark-nothing": Fault(
        MARKING,
        "(self._models.sets, self._models.closes) if ends",
        "(self._models.sets,) if ends",
        SEGMENTS,
    ),
    "touched-when-recorded-not-when-ended": Fault(
        MARKING, "position if known_to == FOREVER else known_to", "position", SEGMENTS
    ),
    "marked-once-only": Fault(
        MARKING,
        'sqlite.insert(pairs)\n    anew = {"touched": row.excluded.touched, "stale": 1}',
        'sqlite.insert(pairs)\n    anew = {"touched": row.excluded.touched}',
        SEGMENTS,
    ),
    "a-mark-made-during-a-sweep-is-lost": Fault(
        SWEEPING,
        "same = {(a, b) for a, b, at in rows if touched[a, b] == at}",
        "same = {(a, b) for a, b, _ in rows}",
        SEGMENTS,
    ),
    "touched-later-but-told-of": Fault(
        KEPT, "or_(stale, rm.pairs.c.touched > POSITION)", "stale", SEGMENTS
    ),
    "a-segment-holds-on-the-day-it-ends": Fault(
        KEPT, "table.c.until > DAY", "table.c.until >= DAY", SEGMENTS
    ),
    "a-scan-passes-by-closes-of-all-lines": Fault(SCANNED, "if self._all:", "if False:", SEGMENTS),
    "a-scan-passes-by-closes-of-every-programme": Fault(
        SCANNED, "in (None, programme)", "in (programme,)", SEGMENTS
    ),
    "a-scan-closes-higher-levels": Fault(
        SCANNED, "row.low <= level <= row.high", "row.low <= level", SEGMENTS
    ),
    "a-scan-counts-what-may-have-begun": Fault(
        SCANNED, "table.c.latest <= DAY", "table.c.earliest <= DAY", SEGMENTS
    ),
    "a-scan-passes-by-what-may-have-closed": Fault(
        SCANNED, "table.c.earliest <= DAY, of_pairs", "table.c.latest <= DAY, of_pairs", SEGMENTS
    ),
    "a-scan-takes-a-sanction-for-a-level": Fault(
        SCANNED, 'policy.SANCTION_LEVEL if kind == "sanction" else level', "level", SEGMENTS
    ),
    "a-scan-leaves-out-its-last-pair": Fault(
        SCANNED, "tuple_(*pair) <= tuple_(", "tuple_(*pair) < tuple_(", SEGMENTS
    ),
    "a-scan-takes-the-first-of-its-closes": Fault(
        SCANNED, "func.max(table.c.latest_key)", "func.min(table.c.latest_key)", SEGMENTS
    ),
    "a-commitment-hides-stronger-cooperation": Fault(
        STANCES, "max(cooperation, committed[pair])", "committed[pair]", SEGMENTS
    ),
    "a-list-opens-what-is-closed-on-the-day": Fault(
        UNSHUT, "row.end_key >= last.certain", "True", PAGES
    ),
    "a-list-passes-by-what-may-have-closed": Fault(
        UNSHUT, "row.begin_key < last.possible", "row.begin_key < last.certain", PAGES
    ),
    "a-list-closes-as-early-as-may-be": Fault(
        UNSHUT, "table.c.latest_key < UPTO, table", "table.c.earliest <= DAY, table", PAGES
    ),
    "a-list-passes-by-closes-of-every-target": Fault(
        UNSHUT, "(source, ANY), (ANY, target)", "(ANY, target)", PAGES
    ),
    "a-list-passes-by-closes-of-every-source": Fault(
        UNSHUT, "(source, ANY), (ANY, target)", "(source, ANY)", PAGES
    ),
    "a-list-passes-by-closes-of-every-programme": Fault(
        UNSHUT, "in (None, programme)", "in (programme,)", PAGES
    ),
    "a-list-closes-other-programmes": Fault(
        UNSHUT, "and row.programme in (None, programme)", "", PAGES
    ),
    "a-list-closes-higher-levels": Fault(
        UNSHUT, "row.low <= level <= row.high", "row.low <= level", PAGES
    ),
    "a-list-closes-lower-levels": Fault(
        UNSHUT, "row.low <= level <= row.high", "level <= row.high", PAGES
    ),
    "a-list-takes-what-may-have-begun-for-certain": Fault(
        UNSHUT, "(table.c.latest <= DAY).label", "(table.c.earliest <= DAY).label", PAGES
    ),
    "partners-are-those-behind-only": Fault(
        PARTNERS, "pairs.c.b == _A, pairs.c.a > _B", "pairs.c.b == _A, pairs.c.a > _A", PAGES
    ),
    "partners-are-no-allies": Fault(
        PARTNERS, "ally.c.target > _B, ally", "ally.c.target == _B, ally", PAGES
    ),
    "an-alliance-of-two-obliges-nobody": Fault(MATRIX, "len(some) > 1", "len(some) > 2", PAGES),
}
