"use client";

import { useEffect, useState } from "react";

// Shorter work needs no clock.
const SHOW_AFTER_SECONDS = 2;

export function WorkingLine({ label }: { label: string }) {
  const seconds = useSecondsSinceMount();
  return (
    <p className="mt-2 flex items-center gap-2 text-xs text-quiet">
      <span aria-hidden="true" className="size-2 animate-pulse rounded-full bg-accent" />
      {label}
      {seconds >= SHOW_AFTER_SECONDS ? <span className="tabular">{seconds} s</span> : null}
    </p>
  );
}

function useSecondsSinceMount(): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return seconds;
}
