"use client";

import { useEffect, useRef } from "react";

/** The title of a step that has just come up. It takes the focus, which was on what the last step took away. */
export function StepHeading({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h2 ref={heading} tabIndex={-1} className="text-base font-semibold outline-none">
      {children}
    </h2>
  );
}
