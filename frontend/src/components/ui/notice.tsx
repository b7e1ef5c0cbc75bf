import clsx from "clsx";
import { CircleAlert, RotateCcw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { Button } from "./button";

interface NoticeProps {
  tone: "error" | "warning";
  children: ReactNode;
  onRetry?: () => void;
  retryLabel?: string;
  className?: string;
}

const TONES = { error: "bg-loss-soft text-loss", warning: "bg-warn-soft text-warn" };

export function Notice({ tone, children, onRetry, retryLabel = "Try again", className }: NoticeProps) {
  const Icon = tone === "error" ? CircleAlert : TriangleAlert;
  return (
    <div
      role={tone === "error" ? "alert" : "note"}
      className={clsx("flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md px-3 py-2 text-sm", TONES[tone], className)}
    >
      <Icon aria-hidden="true" className="size-4 shrink-0" />
      <div className="min-w-40 flex-1 text-text">{children}</div>
      {onRetry ? (
        <Button onClick={onRetry}>
          <RotateCcw aria-hidden="true" className="size-3.5" />
          {retryLabel}
        </Button>
      ) : null}
    </div>
  );
}
