"use client";

import { ArrowDown } from "lucide-react";
import { useCallback, useEffect, useRef, useState, type RefObject } from "react";

import type { Citation } from "@/components/answer/answer-marks";
import { PassageSheet } from "@/components/answer/passage-sheet";
import { Button } from "@/components/ui/button";
import type { Entry } from "../transcript-entries";
import { AnswerView } from "./answer-view";
import { QuestionView } from "./question-view";

interface TranscriptProps {
  entries: Entry[];
  isBusy: boolean;
  /** Ask as a new question. */
  onAsk: (text: string) => void;
  /** Follow the turn under way again. */
  onRetry: () => void;
  onRegenerate: (messageId: string) => void;
  /** Ask this in place of the last question. */
  onEdit: (messageId: string, text: string) => void;
}

export function Transcript(props: TranscriptProps) {
  const { entries } = props;
  const [cited, setCited] = useState<Citation | null>(null);
  const closeCited = useCallback(() => setCited(null), []);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLOListElement>(null);
  const { isAtEnd, toEnd } = useStickToEnd(scroller, content, entries.length);
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div ref={scroller} tabIndex={0} role="region" aria-label="Conversation" className="flex-1 overflow-y-auto -outline-offset-2">
        <ol ref={content} className="mx-auto flex max-w-3xl flex-col gap-5 p-4">
          {entries.map((entry) => (
            <li key={entry.key}>
              <EntryView entry={entry} onOpenCitation={setCited} {...props} />
            </li>
          ))}
        </ol>
      </div>
      {isAtEnd ? null : (
        <Button onClick={toEnd} className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full shadow-lg">
          <ArrowDown aria-hidden="true" className="size-3.5" /> Latest
        </Button>
      )}
      <PassageSheet citation={cited} onClose={closeCited} />
    </div>
  );
}

interface EntryViewProps extends TranscriptProps {
  entry: Entry;
  onOpenCitation: (citation: Citation) => void;
}

/** Only the last question and the last answer can be changed, and not while an answer is under way. */
function EntryView({ entry, isBusy, onAsk, onRetry, onRegenerate, onEdit, onOpenCitation }: EntryViewProps) {
  const id = entry.isLast && !isBusy ? (entry.message?.id ?? null) : null;
  if (entry.kind === "question") {
    return <QuestionView text={entry.text} onEdit={id === null ? null : (text) => onEdit(id, text)} />;
  }
  const { answer, message, live, question } = entry;
  return (
    <AnswerView
      {...{ answer, message, live, question, onAsk, onRetry, onOpenCitation }}
      onRegenerate={id === null ? null : () => onRegenerate(id)}
    />
  );
}

// Nearer to the end than this counts as reading the newest text.
const END_PIXELS = 48;

/** Keep the newest text in sight while it grows, until the reader scrolls away. */
function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  entryCount: number,
) {
  const [isAtEnd, setAtEnd] = useState(true);
  const sticks = useRef(true);
  const toEnd = () => scrollToEnd(scroller.current, sticks);

  // Who asks wants to see the answer, wherever they were reading.
  useEffect(() => scrollToEnd(scroller.current, sticks), [scroller, entryCount]);

  useEffect(() => {
    const [outer, inner] = [scroller.current, content.current];
    if (!outer || !inner) return;
    const onScroll = () => {
      sticks.current = outer.scrollHeight - outer.scrollTop - outer.clientHeight < END_PIXELS;
      setAtEnd(sticks.current);
    };
    const observer = new ResizeObserver(() => {
      if (sticks.current) outer.scrollTop = outer.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(outer);
    outer.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      outer.removeEventListener("scroll", onScroll);
    };
  }, [scroller, content]);

  return { isAtEnd, toEnd };
}

function scrollToEnd(scroller: HTMLElement | null, sticks: RefObject<boolean>): void {
  sticks.current = true;
  scroller?.scrollTo({ top: scroller.scrollHeight });
}
