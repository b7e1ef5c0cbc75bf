"use client";

import { useState, type ReactNode } from "react";

import { Button } from "./button";

interface ConfirmButtonProps {
  /** What the button does, for what: "Delete: Growth". */
  label: string;
  /** What stands in the button: an icon, or words. */
  children: ReactNode;
  /** What the second press does, in a word or two. */
  confirm: string;
  isPending: boolean;
  isError: boolean;
  onConfirm: () => void;
  icon?: boolean;
  className?: string;
}

/** Asks once more in place, for what cannot be taken back. */
export function ConfirmButton({ label, children, confirm, isPending, isError, onConfirm, icon = false, className }: ConfirmButtonProps) {
  const [isAsking, setAsking] = useState(false);
  if (!isAsking && !isPending) {
    return (
      <Button variant={icon ? "ghost" : "secondary"} icon={icon} aria-label={label} title={icon ? label : undefined} onClick={() => setAsking(true)} className={className}>
        {children}
      </Button>
    );
  }
  return (
    <Button autoFocus aria-disabled={isPending} onBlur={() => setAsking(false)} onClick={() => !isPending && onConfirm()} className="h-7 px-2 text-xs text-loss">
      {isError ? "Failed, try again" : confirm}
    </Button>
  );
}
