import { toolName } from "@/lib/tool-name";
import type { LiveTurn } from "./stream/store";

/** What is worth saying aloud about a turn as it now stands. It changes a few times a turn, not with every token. */
export function announcement({ snapshot, connection, failure }: LiveTurn): string {
  const { answer, phase } = snapshot;
  if (failure) return "";
  if (connection === "reconnecting") return "Connection lost, reconnecting.";
  if (phase === "done") return answer.finish_reason === "stopped" ? "Answer stopped." : `Answer complete. ${lastParagraph(answer.content)}`;
  if (phase === "failed") return "";
  const last = answer.parts.at(-1);
  if (last?.type === "tool") return `Looking up: ${toolName(last.tool_name)}.`;
  return lastFinishedParagraph(answer.content) ?? "The analyst is working.";
}

function lastFinishedParagraph(text: string): string | null {
  const end = text.lastIndexOf("\n\n");
  return end < 0 ? null : lastParagraph(text.slice(0, end));
}

function lastParagraph(text: string): string {
  return text.trim().split(/\n{2,}/).at(-1) ?? "";
}
