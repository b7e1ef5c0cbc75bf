from tests.agent.scripted import FakeToolBox, ScriptedClient, answer, call, end, gives, text, usage
from tests.api.chat_fixtures import OpenChat


async def test_a_turn_streams_the_events_of_the_contract(open_chat: OpenChat) -> None:
    client = ScriptedClient(
        [
            *text("Let me look."),
            call("get_beta", "c1"),
            call("get_volatility", "c2"),
            usage(100, 20),
            end("tool_calls"),
        ],
        answer("Your beta ", "is 1.2."),
    )
    toolbox = FakeToolBox(get_beta=gives({"beta": 1.2}), get_volatility=gives({"volatility": 0.2}))
    async with open_chat(client, toolbox) as chat:
        reading = await chat.ask("How risky is it?")

        assert reading.types == [
            "start", "message", "tool_call", "tool_call", "tool_result", "tool_result", "message", "message", "done",
        ]  # fmt: skip
        assert [event.id for event in reading.events] == list(range(1, 10))
        done = reading.events[-1].data
        assert done["final_text"] == reading.text == "Let me look.\n\nYour beta is 1.2."
        assert done["tool_calls_count"] == 2
        assert done["usage"]["input_tokens"] == 200
        assert done["usage"]["cost_usd"] is None

        user, assistant = await chat.messages()
        assert (user["role"], user["content"]) == ("user", "How risky is it?")
        assert assistant["id"] == reading.events[0].data["assistant_message_id"]
        assert assistant["content"] == done["final_text"]
        assert [part["type"] for part in assistant["parts"]] == ["text", "tool", "tool", "text"]
        assert assistant["finish_reason"] == "stop"
