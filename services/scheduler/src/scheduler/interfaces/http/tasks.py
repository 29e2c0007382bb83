"""What people of ours have to do, and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from scheduler.domain.task import Task, TaskKind, TaskOutcome, TaskOver
from scheduler.gateways import tasks
from scheduler.gateways.tasks import Sought
from scheduler.handlers.tell_decisions import task_ended
from scheduler.interfaces.http.holds import FIRST_ID
from scheduler.interfaces.http.timeline import BEFORE_ALL
from shared.base.errors import Refusal
from shared.web.accepted import NO_NUL, Reason
from shared.web.auth import Staff, require
from shared.web.commands import Command, CommandRoute, Question
from shared.web.pages import Page, Paging
from shared.web.problems import problems

router = APIRouter(prefix="/v1/tasks", tags=["tasks"], route_class=CommandRoute)

Role = Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]


class TaskUnknown(Refusal):
    """There is no task of that id."""

    code, status = "task-unknown", 404


class TaskState(StrEnum):
    OPEN = "open"
    ENDED = "ended"


class WantedTasks(BaseModel):
    """Which tasks to list; what is left out is any."""

    state: TaskState = TaskState.OPEN
    kind: TaskKind | None = None
    owner_role: Role | None = None
    customer_id: UUID | None = None

    @property
    def sought(self) -> Sought:
        return Sought(self.state is TaskState.OPEN, self.kind, self.owner_role, self.customer_id)


class ShownTask(BaseModel):
    """`about` is the escalation, dispute or plan that it comes from; `ended_by` is empty when it ended by itself."""

    task_id: UUID
    customer_id: UUID
    kind: TaskKind
    about: UUID
    legal_entity: str
    owner_role: str
    owner: str
    why: str
    raised_at: datetime
    due_at: datetime
    outcome: TaskOutcome | None
    note: str
    ended_by: str
    ended_at: datetime | None


class WantedOutcome(BaseModel):
    model_config = ConfigDict(extra="forbid")

    outcome: Literal["done", "not-needed"] = "done"
    note: Reason


@router.get("", dependencies=[require("viewer")])
async def list_tasks(
    question: Question, paging: Paging, wanted: Annotated[WantedTasks, Query()]
) -> Page[ShownTask]:
    """The most urgent first."""
    after = (BEFORE_ALL, FIRST_ID)
    if paging.after:
        after = datetime.fromisoformat(paging.after[0]), UUID(paging.after[1])
    async with question.look() as connection:
        found = await tasks.page(connection, wanted.sought, after=after, limit=paging.limit + 1)
    return paging.page([_shown(one) for one in found], lambda one: (one.due_at, one.task_id))


@router.get("/{task_id}", dependencies=[require("viewer")], responses=problems(TaskUnknown))
async def show_task(task_id: UUID, question: Question) -> ShownTask:
    async with question.look() as connection:
        return _shown(_known(await tasks.one(connection, task_id)))


@router.post("/{task_id}/outcomes", status_code=201, responses=problems(TaskUnknown, TaskOver))
async def end_task(
    task_id: UUID,
    given: WantedOutcome,
    work: Command,
    staff: Annotated[Staff, require("collector", "operator", "admin")],
) -> ShownTask:
    """Say what came of it; it is over then."""
    task = _known(await tasks.one(work.connection, task_id, lock=True))

    ended = task.end(
        TaskOutcome(given.outcome), by=staff.subject, note=given.note, moment=work.moment
    )

    tasks.keep_ended(work, ended, task_ended(ended))
    return _shown(ended)


def _known(task: Task | None) -> Task:
    if task is None:
        raise TaskUnknown("there is no such task")
    return task


def _shown(task: Task) -> ShownTask:
    return ShownTask.model_validate(task, from_attributes=True)
