"use client";

import { Plus } from "lucide-react";
import { useState, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { useCreateMemory, useDeleteAllMemories, useMemories, type Memory } from "../api/memories";
import { MemoryForm } from "./memory-form";
import { MemoryItem } from "./memory-item";

interface MemoriesCardProps {
  /** Whether what holds for the whole tenant may be changed. */
  isAdministrator: boolean;
  /** The switch of remembering at all. */
  children?: ReactNode;
}

/** What the analyst remembers, and what it would like to. */
export function MemoriesCard({ isAdministrator, children }: MemoriesCardProps) {
  const [isAdding, setAdding] = useState(false);
  const aside = (
    <Button aria-expanded={isAdding} className="text-text" onClick={() => setAdding(!isAdding)}>
      <Plus aria-hidden="true" className="size-3.5" /> Add
    </Button>
  );
  return (
    <Card title="What the analyst remembers" aside={aside}>
      <p className="mb-2 text-sm text-quiet">
        Short facts, preferences and rules that it takes into account in its answers. What it picks up in a conversation waits here until you keep it.
      </p>
      {children}
      {isAdding ? <NewMemory onClose={() => setAdding(false)} /> : null}
      <Lists isAdministrator={isAdministrator} />
    </Card>
  );
}

function NewMemory({ onClose }: { onClose: () => void }) {
  const create = useCreateMemory();
  return (
    <MemoryForm
      initial={{ content: "", kind: "fact" }}
      submitLabel="Remember"
      isPending={create.isPending}
      error={create.error}
      onCancel={onClose}
      onSubmit={(words) => create.mutate({ ...words, tags: [], scope: "user" }, { onSuccess: onClose })}
    />
  );
}

function Lists({ isAdministrator }: Pick<MemoriesCardProps, "isAdministrator">) {
  const drafts = useMemories("draft");
  const active = useMemories("active");
  const error = drafts.error ?? active.error;
  if (error) {
    const retry = () => void Promise.all([drafts.refetch(), active.refetch()]);
    return <QueryNotice what="What is remembered" error={error} onRetry={retry} />;
  }
  if (!drafts.data || !active.data) return <LoadingBlock label="Loading what is remembered" className="h-32" />;
  const known = new Map(active.data.map((memory) => [memory.id, memory]));
  const list = (memories: Memory[]) => (
    <ul className="divide-y divide-line">
      {memories.map((memory) => (
        <MemoryItem
          key={memory.id}
          memory={memory}
          replaced={known.get(memory.replaces_id ?? "") ?? null}
          canChange={memory.scope === "user" || (memory.scope === "tenant" && isAdministrator)}
        />
      ))}
    </ul>
  );
  return (
    <>
      {drafts.data.length > 0 ? (
        <section aria-label="To confirm" className="mb-3 rounded-md bg-warn-soft px-3 py-1">
          <h3 className="pt-1.5 text-xs font-semibold text-warn">To confirm</h3>
          {list(drafts.data)}
        </section>
      ) : null}
      {active.data.length > 0 ? list(active.data) : <p className="py-2 text-sm text-quiet">Nothing is remembered yet.</p>}
      <div className="flex flex-wrap items-center justify-between gap-2">
        {active.hasNextPage ? <Button onClick={() => void active.fetchNextPage()}>Show older ones</Button> : null}
        {[...drafts.data, ...active.data].some(({ scope }) => scope === "user") ? <ForgetAll /> : null}
      </div>
    </>
  );
}

function ForgetAll() {
  const remove = useDeleteAllMemories();
  return (
    <ConfirmButton
      label="Forget all that is mine"
      confirm="Forget everything about me"
      isPending={remove.isPending}
      isError={remove.isError}
      onConfirm={() => remove.mutate()}
      className="text-xs"
    >
      Forget all that is mine
    </ConfirmButton>
  );
}
