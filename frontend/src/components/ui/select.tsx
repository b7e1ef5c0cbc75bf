import clsx from "clsx";
import type { ComponentProps } from "react";

/** The platform's own list: it works with any keyboard, screen reader and phone. */
export function Select({ className, ...props }: ComponentProps<"select">) {
  return (
    <select
      className={clsx("h-8 min-w-0 rounded-md border border-control bg-surface px-2 text-sm", className)}
      {...props}
    />
  );
}
