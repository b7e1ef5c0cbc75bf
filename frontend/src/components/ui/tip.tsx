"use client";

import clsx from "clsx";
import { Tooltip } from "radix-ui";
import type { ReactNode } from "react";

interface TipProps {
  /** What is said on hover and on focus. */
  text: string;
  children: ReactNode;
  className?: string;
}

/** A piece of text with an explanation that a mouse, a keyboard and a screen reader all reach. */
export function Tip({ text, children, className }: TipProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
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
