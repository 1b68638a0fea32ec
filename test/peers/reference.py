"""The reference at the other end: verifies events from stdin, or signs a few of its own.

    reference.py verify KEY_HEX     one "true" or "false" a line of stdin
    reference.py sign KEY_HEX       events of the reference, as its sink prints them
"""

import json
import sys
import warnings

warnings.simplefilter("ignore")

from agent_os.event_sink import (  # noqa: E402
    GovernanceEvent,
    GovernanceEventKind,
    GovernanceEventSigner,
    StdoutGovernanceSink,
)

mode, key_hex = sys.argv[1:]
signer = GovernanceEventSigner(bytes.fromhex(key_hex))

if mode == "verify":
    for line in sys.stdin:
        print("true" if signer.verify(json.loads(line)) else "false")
elif mode == "sign":
    sink = StdoutGovernanceSink(signer=signer)
    sink.emit(
        [
            GovernanceEvent(agent_id="planner", action="search", decision="allow"),
            GovernanceEvent(
                kind=GovernanceEventKind.TOOL_CALL_BLOCKED,
                severity="critical",
                agent_id="café ☕",
                action="shell",
                decision="deny",
                reason='a "quoted" reason\nin two lines',
                latency_ms=1e-05,
                session_id="s-1",
                trace_id="0af7651916cd43dd8448eb211c80319c",
                attributes={
                    "zero": 0.0,
                    "large": 1e16,
                    "exact": 2**63,
                    "nested": {"b": [1, 2.5, None, True], "a": "\U0001f600"},
                },
            ),
        ]
    )
