"""Jobs work until there is no more, rest, wait out faults, and let bugs end the process."""

import asyncio
from collections.abc import Iterator

import pytest

from shared.worker.jobs import GATHER_SECONDS, Job

LONG = 60.0


async def run_briefly(job: Job, *, seconds: float = 0.05) -> None:
    stopping = asyncio.Event()
    running = asyncio.create_task(job.keep_running(stopping))
    await asyncio.sleep(seconds)
    stopping.set()
    await asyncio.wait_for(running, 1)


class Counting:
    """Answers from a script, then "no more"."""

    def __init__(self, *answers: bool | Exception) -> None:
        self._answers: Iterator[bool | Exception] = iter(answers)
        self.runs = 0

    async def __call__(self) -> bool:
        self.runs += 1
        answer = next(self._answers, False)
        if isinstance(answer, Exception):
            raise answer
        return answer


class TestJobs:
    async def test_run_again_at_once_while_there_is_more(self) -> None:
        work = Counting(True, True, False)

        await run_briefly(Job("look", work, every_s=LONG))

        assert work.runs == 3

    async def test_rest_until_woken(self) -> None:
        work = Counting()
        job = Job("look", work, every_s=LONG)
        asyncio.get_running_loop().call_later(0.02, job.wake)

        await run_briefly(job, seconds=4 * GATHER_SECONDS)

        assert work.runs == 2

    async def test_take_a_swarm_of_facts_together(self) -> None:
        work = Counting()
        job = Job("look", work, every_s=LONG)
        for number in range(10):
            asyncio.get_running_loop().call_later(0.02 + number * GATHER_SECONDS / 20, job.wake)

        await run_briefly(job, seconds=4 * GATHER_SECONDS)

        assert work.runs == 2

    async def test_keep_to_their_period_when_they_do_not_wait_for_facts(self) -> None:
        work = Counting()
        job = Job("proof", work, every_s=LONG, waits_for_facts=False)
        asyncio.get_running_loop().call_later(0.02, job.wake)

        await run_briefly(job, seconds=4 * GATHER_SECONDS)

        assert work.runs == 1

    async def test_come_back_after_their_period(self) -> None:
        work = Counting()

        await run_briefly(Job("look", work, every_s=0.01), seconds=1)

        assert work.runs > 3

    async def test_wait_out_a_database_that_is_away(self) -> None:
        work = Counting(ConnectionRefusedError(), False)

        await run_briefly(Job("look", work, every_s=LONG), seconds=0.4)

        assert work.runs == 2

    async def test_let_a_bug_out(self) -> None:
        job = Job("look", Counting(KeyError("bug")), every_s=LONG)

        with pytest.raises(KeyError):
            await job.keep_running(asyncio.Event())

    async def test_finish_the_slice_under_way_when_stopped(self) -> None:
        finished = []

        async def slow() -> bool:
            await asyncio.sleep(0.1)
            finished.append(True)
            return True

        await run_briefly(Job("look", slow, every_s=LONG), seconds=0.01)

        assert finished == [True]
