"use client";

import { Pencil } from "lucide-react";
import { useRef, useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { useRenameConversation, type Conversation } from "../api/conversations";

// The server's limit.
const MAX_TITLE_CHARS = 200;

export function ChatTitle({ conversation }: { conversation: Conversation | null }) {
  const [isEditing, setEditing] = useState(false);
  if (conversation && isEditing) return <TitleForm conversation={conversation} onClose={() => setEditing(false)} />;
  return (
    <div className="flex min-w-0 flex-1 items-center gap-1">
      <h2 className="min-w-0 truncate text-sm font-semibold">{conversation?.title ?? "New conversation"}</h2>
      {conversation ? (
        <Button variant="ghost" icon aria-label="Rename the conversation" title="Rename" onClick={() => setEditing(true)} className="h-7 w-7! text-quiet">
          <Pencil aria-hidden="true" className="size-3.5" />
        </Button>
      ) : null}
    </div>
  );
}

function TitleForm({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const rename = useRenameConversation(conversation.id);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    const title = field.current?.value.trim() ?? "";
    if (title === "" || title === conversation.title) return onClose();
    rename.mutate(title, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit} className="flex min-w-0 flex-1 items-center gap-2">
      <input
        ref={field}
        autoFocus
        data-keeps-escape
        aria-label="Title of the conversation"
        aria-invalid={rename.isError}
        defaultValue={conversation.title}
        maxLength={MAX_TITLE_CHARS}
        onFocus={(event) => event.target.select()}
        onKeyDown={(event) => event.key === "Escape" && onClose()}
        onBlur={() => submit()}
        className="h-8 min-w-0 flex-1 rounded-md border border-control bg-surface px-2 text-sm"
      />
      {rename.error ? (
        <span role="alert" className="truncate text-xs text-loss" title={rename.error.message}>
          Not saved
        </span>
      ) : null}
    </form>
  );
}
