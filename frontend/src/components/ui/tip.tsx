"use client";

import clsx from "clsx";
import { Tooltip } from "radix-ui";
import { useState, type ReactNode } from "react";

interface TipProps {
  /** What is said on hover, on focus and on a tap. */
  text: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A piece of text with an explanation that a mouse, a keyboard, a finger and a screen reader all reach. */
export function Tip({ text, children, className }: TipProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Tooltip.Root open={isOpen} onOpenChange={setOpen}>
      <Tooltip.Trigger
        asChild
        // A finger has nothing to hover with: where a press would close the explanation, here it opens it.
        onPointerDown={(event) => event.preventDefault()}
        onClick={(event) => {
          event.preventDefault();
          setOpen(true);
        }}
      >
        <span
          tabIndex={0}
          role="note"
          className={clsx("cursor-help rounded-sm underline decoration-quiet/60 decoration-dotted underline-offset-4", className)}
        >
          {children}
        </span>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          sideOffset={6}
          collisionPadding={12}
          className="z-50 max-w-72 rounded-md bg-text px-2.5 py-1.5 text-xs leading-relaxed text-page shadow-lg"
        >
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
