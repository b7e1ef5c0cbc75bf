import clsx from "clsx";
import { useId, type ReactNode } from "react";

interface CardProps {
  title: string;
  /** What stands at the right of the title: an as-of date, a control. */
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}

export function Card({ title, aside, children, className }: CardProps) {
  const heading = useId();
  return (
    <section
      aria-labelledby={heading}
      className={clsx("min-w-0 rounded-lg border border-line bg-surface shadow-card", className)}
    >
      <header className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2">
        <h2 id={heading} className="text-sm font-semibold">
          {title}
        </h2>
        {aside ? <div className="text-xs text-quiet">{aside}</div> : null}
      </header>
      <div className="px-4 pb-4">{children}</div>
    </section>
  );
}
