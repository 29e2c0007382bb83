"""What the services say about the work they have left."""

import asyncio
from collections.abc import Mapping

import httpx
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

PULSE_TIMEOUT_S = 10.0


class Pulse(BaseModel):
    """One service at one instant.

    `consumed` names every topic the service hears, and per partition the next offset it wants;
    a partition that is not listed stands at 0.
    """

    service: str
    now: AwareDatetime
    busy: list[str] = Field(default_factory=list)
    next_due_at: AwareDatetime | None = None
    consumed: dict[str, dict[int, int]] = Field(default_factory=dict)
    told_seq: int = 0


class Pulses:
    """Feels the pulse of all services at once."""

    def __init__(self, services: Mapping[str, str]) -> None:
        """`services` maps names to addresses."""
        self._services = dict(services)
        limits = httpx.Limits(keepalive_expiry=60)
        self._http = httpx.AsyncClient(timeout=PULSE_TIMEOUT_S, limits=limits, trust_env=False)

    async def feel(self) -> tuple[list[Pulse], list[str]]:
        """The pulses, and a sentence for each service that gave none."""
        felt = await asyncio.gather(*(self._one(*service) for service in self._services.items()))

        pulses = [pulse for pulse in felt if isinstance(pulse, Pulse)]
        silent = [sentence for sentence in felt if isinstance(sentence, str)]
        return pulses, silent

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def _one(self, name: str, address: str) -> Pulse | str:
        try:
            answer = await self._http.get(f"{address}/pulse")
            answer.raise_for_status()
            return Pulse.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError) as error:
            return f"{name}: gives no pulse ({type(error).__name__})"
