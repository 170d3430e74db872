"""How far a project went through the steps from the village's application to the county's approval (ZB13)."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tracer.compared import dictionary_of

STEPS = ("村级申报", "村级公示", "乡镇审核", "县级审核", "村级公示", "县级审核", "县级批复")
"""两上两下: applied, shown, reviewed by the township and the county; shown and reviewed again, approved."""

_MS_PER_DAY = 86_400_000


def steps_done(events: pa.Table) -> pa.Table:
    """How many of the seven steps follow one another in time order, by project: `id`, `steps`.

    `events` has `subject_id`, `step_key`, `happened_at` (day) and `happened_at_ms`. Each event counts once;
    equal times stand in whatever order suits.
    """
    names = events["step_key"].cast(pa.string())
    is_step = pc.is_in(names, value_set=pa.array(STEPS[:4] + STEPS[6:]))
    events, names = events.filter(is_step), names.filter(is_step)
    ids = dictionary_of(events["subject_id"])
    times = events["happened_at"].to_numpy() * _MS_PER_DAY + events["happened_at_ms"].to_numpy()
    distinct, time_ranks = np.unique(times, return_inverse=True)
    width = len(distinct) + 1
    places = ids.indices.to_numpy().astype(np.int64) * width + time_ranks
    by_step = {step: np.sort(places[pc.equal(names, step).to_numpy()]) for step in set(STEPS)}
    projects = np.arange(len(ids.dictionary), dtype=np.int64)
    at, done = projects * width, np.zeros(len(projects), np.int64)
    used = {step: np.zeros(len(projects), np.int64) for step in by_step}  # first event not yet taken
    for n, step in enumerate(STEPS):
        found = np.maximum(np.searchsorted(by_step[step], at), used[step])
        place = np.append(by_step[step], np.iinfo(np.int64).max)[found]
        taken = (done == n) & (place < (projects + 1) * width)
        at[taken], used[step][taken] = place[taken], found[taken] + 1
        done += taken
    return pa.table({"id": ids.dictionary, "steps": done})
