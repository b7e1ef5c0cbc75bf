"use client";

import { ArrowUp, Square } from "lucide-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { quantity } from "@/lib/format";
import { MAX_QUESTION_CHARS } from "../question-limit";

const COUNTER_FROM = 7000;

interface ComposerProps {
  /** Resolves to whether the question was taken; the text stays in place where it was not. */
  onAsk: (text: string) => Promise<boolean>;
  onStop: () => void;
  isBusy: boolean;
  isStopping: boolean;
  autoFocus: boolean;
  /** A control beneath the field, such as the choice of a mode. */
  children?: ReactNode;
}

export function Composer({ onAsk, onStop, isBusy, isStopping, autoFocus, children }: ComposerProps) {
  const hint = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [isSending, setSending] = useState(false);
  const canSend = text.trim() !== "" && text.length <= MAX_QUESTION_CHARS && !isBusy && !isSending;

  async function send() {
    if (!canSend) return;
    setSending(true);
    const isTaken = await onAsk(text.trim());
    setSending(false);
    if (isTaken) setText("");
    // The button that was pressed gives way to another, and would take the focus with it.
    field.current?.focus();
  }

  useEffect(() => {
    if (autoFocus) field.current?.focus();
  }, [autoFocus]);

  function stop() {
    onStop();
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    // While an input method is composing, Enter chooses a character.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  }

  return (
    <form
      className="border-t border-line"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div className="mx-auto max-w-3xl p-3">
        <div className="flex items-end gap-2 rounded-lg border border-control bg-surface p-1.5 focus-within:outline-2 focus-within:outline-accent">
          <textarea
            ref={field}
            aria-label="Your question"
            aria-describedby={hint}
            rows={1}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKeyDown}
            placeholder="Ask about risk, returns, positions…"
            className="field-sizing-content max-h-40 min-h-8 flex-1 resize-none bg-transparent px-2 py-1 text-[0.95rem] outline-none placeholder:text-quiet"
          />
          <ComposerButton canSend={canSend} isBusy={isBusy} isStopping={isStopping} onStop={stop} />
        </div>
        <div className="mt-1.5 flex min-h-6 flex-wrap items-center justify-between gap-x-3 gap-y-1 px-1 text-xs text-quiet">
          <p id={hint}>{hintText(text.length, isBusy, isStopping)}</p>
          {children}
        </div>
      </div>
    </form>
  );
}

interface ComposerButtonProps {
  canSend: boolean;
  isBusy: boolean;
  isStopping: boolean;
  onStop: () => void;
}

function ComposerButton({ canSend, isBusy, isStopping, onStop }: ComposerButtonProps) {
  if (isBusy) {
    return (
      <Button icon aria-label="Stop the answer" aria-disabled={isStopping} onClick={onStop}>
        <Square aria-hidden="true" className="size-3.5 fill-current" />
      </Button>
    );
  }
  return (
    <Button type="submit" variant="primary" icon aria-label="Send" disabled={!canSend}>
      <ArrowUp aria-hidden="true" className="size-4" />
    </Button>
  );
}

function hintText(length: number, isBusy: boolean, isStopping: boolean): string {
  if (length > MAX_QUESTION_CHARS) return `Too long by ${quantity(length - MAX_QUESTION_CHARS)} characters.`;
  if (length > COUNTER_FROM) return `${quantity(MAX_QUESTION_CHARS - length)} characters left.`;
  if (isStopping) return "Stopping…";
  return isBusy ? "Esc stops the answer." : "Enter sends, Shift+Enter starts a new line.";
}
