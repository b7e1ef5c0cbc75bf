import { announcement } from "../announcement";
import type { LiveTurn } from "../stream/store";

/** Tells a screen reader how the answer gets on: a paragraph at a time, since a word at a time cannot be listened to. */
export function Announcer({ turn }: { turn: LiveTurn | undefined }) {
  return (
    <p role="status" className="sr-only">
      {turn ? announcement(turn) : ""}
    </p>
  );
}
