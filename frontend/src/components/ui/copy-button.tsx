"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

import { Button } from "./button";

const CONFIRMATION_MS = 2000;

type CopyState = "idle" | "copied" | "failed";

const LABELS: Record<CopyState, string | null> = { idle: null, copied: "Copied", failed: "Copying is blocked" };

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [state, setState] = useState<CopyState>("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), CONFIRMATION_MS);
    return () => clearTimeout(timer);
  }, [state]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setState("copied");
    } catch {
      // Browsers withhold the clipboard from pages that are not served over https or localhost.
      setState("failed");
    }
  }

  const Icon = state === "copied" ? Check : Copy;
  return (
    <Button variant="ghost" icon={state === "idle"} aria-label={label} onClick={() => void copy()} className="h-7 text-xs">
      <Icon aria-hidden="true" className="size-3.5" />
      <span role="status">{LABELS[state]}</span>
    </Button>
  );
}
