"use client";

import { Check, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { day, plural } from "@/lib/format";
import { useChangeMemory, useDeleteMemory, type Memory } from "../api/memories";
import { kindLabel } from "../memory-kinds";
import { MemoryForm } from "./memory-form";

interface MemoryItemProps {
  memory: Memory;
  /** The memory whose place a draft takes; null where it takes none. */
  replaced: Memory | null;
  canChange: boolean;
}

export function MemoryItem({ memory, replaced, canChange }: MemoryItemProps) {
  const [isEditing, setEditing] = useState(false);
  const change = useChangeMemory(memory.id);
  if (isEditing) {
    return (
      <li className="py-2">
        <MemoryForm
          initial={{ content: memory.content, kind: memory.kind }}
          submitLabel={memory.status === "draft" ? "Save and keep" : "Save"}
          isPending={change.isPending}
          error={change.error}
          onCancel={() => setEditing(false)}
          onSubmit={(words) =>
            // Whoever words a draft anew has confirmed it.
            change.mutate({ ...words, ...(memory.status === "draft" ? { status: "active" } : {}) }, { onSuccess: () => setEditing(false) })
          }
        />
      </li>
    );
  }
  return (
    <li className="flex items-start gap-3 py-2.5 text-sm">
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere">{memory.content}</p>
        {replaced ? <p className="mt-0.5 text-xs text-quiet">Takes the place of: {replaced.content}</p> : null}
        <p className="mt-0.5 text-xs text-quiet">{details(memory)}</p>
        {change.error ? (
          <p role="alert" className="mt-0.5 text-xs text-loss">
            Not saved. {change.error.message}
          </p>
        ) : null}
      </div>
      {canChange ? (
        <div className="flex items-center gap-1">
          {memory.status === "draft" ? (
            <Button disabled={change.isPending} onClick={() => change.mutate({ status: "active" })} aria-label={`Keep: ${memory.content}`}>
              <Check aria-hidden="true" className="size-3.5" /> Keep
            </Button>
          ) : null}
          <Button variant="ghost" icon aria-label={`Edit: ${memory.content}`} title="Edit" onClick={() => setEditing(true)}>
            <Pencil aria-hidden="true" className="size-3.5" />
          </Button>
          <DeleteMemory memory={memory} />
        </div>
      ) : null}
    </li>
  );
}

function DeleteMemory({ memory }: { memory: Memory }) {
  const remove = useDeleteMemory(memory.id);
  return (
    <ConfirmButton icon label={`Forget: ${memory.content}`} confirm="Forget" isPending={remove.isPending} isError={remove.isError} onConfirm={() => remove.mutate()}>
      <Trash2 aria-hidden="true" className="size-3.5" />
    </ConfirmButton>
  );
}

const SCOPES: Record<Memory["scope"], string | null> = { user: null, tenant: "for everybody of your organisation", global: "part of the product" };

function details({ kind, scope, portfolio_id, tags, status, use_count, created_at }: Memory): string {
  const use = status === "draft" ? "from a conversation" : `used in ${plural(use_count, "answer")}`;
  return [kindLabel(kind), SCOPES[scope], portfolio_id ? "about one portfolio" : null, ...tags, use, day(created_at)]
    .filter(Boolean)
    .join(" · ");
}
