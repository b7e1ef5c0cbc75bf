"use client";

import { ArrowUp, Square } from "lucide-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";

import { Button } from "@/components/ui/button";
import { quantity } from "@/lib/format";

// The server's limit on a question.
const MAX_CHARS = 8000;
const COUNTER_FROM = 7000;

interface ComposerProps {
  /** Resolves to whether the question was taken; the text stays in place where it was not. */
  onAsk: (text: string) => Promise<boolean>;
  onStop: () => void;
  isBusy: boolean;
  isStopping: boolean;
  autoFocus: boolean;
}

export function Composer({ onAsk, onStop, isBusy, isStopping, autoFocus }: ComposerProps) {
  const hint = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [isSending, setSending] = useState(false);
  const canSend = text.trim() !== "" && text.length <= MAX_CHARS && !isBusy && !isSending;

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
        <p id={hint} className="mt-1.5 px-1 text-xs text-quiet">
          {hintText(text.length, isBusy, isStopping)}
        </p>
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
  if (length > MAX_CHARS) return `Too long by ${quantity(length - MAX_CHARS)} characters.`;
  if (length > COUNTER_FROM) return `${quantity(MAX_CHARS - length)} characters left.`;
  if (isStopping) return "Stopping…";
  return isBusy ? "Esc stops the answer." : "Enter sends, Shift+Enter starts a new line.";
}
