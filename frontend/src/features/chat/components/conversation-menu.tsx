"use client";

import { History, Trash2 } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { moment } from "@/lib/format";
import { useConversations, useDeleteConversation, type Conversation } from "../api/conversations";

interface ConversationMenuProps {
  currentId: string | null;
  onSelect: (conversationId: string | null) => void;
}

export function ConversationMenu({ currentId, onSelect }: ConversationMenuProps) {
  const [isOpen, setOpen] = useState(false);
  const select = (id: string | null) => {
    setOpen(false);
    onSelect(id);
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <Button variant="ghost" icon aria-label="Earlier conversations" title="Earlier conversations">
          <History aria-hidden="true" className="size-4" />
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label="Earlier conversations"
          className="z-50 max-h-96 w-80 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-md border border-line bg-surface p-1 shadow-lg"
        >
          <ConversationList currentId={currentId} onSelect={select} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

export function ConversationList({ currentId, onSelect }: ConversationMenuProps) {
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useConversations();
  if (isPending) return <LoadingBlock label="Loading the conversations" className="h-32" />;
  if (error) return <QueryNotice what="The conversations" error={error} onRetry={() => void refetch()} />;
  if (data.length === 0) return <p className="p-3 text-sm text-quiet">No conversations yet.</p>;
  return (
    <>
      <ul>
        {data.map((conversation) => (
          <ConversationRow
            key={conversation.id}
            conversation={conversation}
            isCurrent={conversation.id === currentId}
            onSelect={onSelect}
          />
        ))}
      </ul>
      {hasNextPage ? (
        <Button variant="ghost" className="w-full" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older ones
        </Button>
      ) : null}
    </>
  );
}

interface ConversationRowProps {
  conversation: Conversation;
  isCurrent: boolean;
  onSelect: (conversationId: string | null) => void;
}

function ConversationRow({ conversation, isCurrent, onSelect }: ConversationRowProps) {
  const { id, title, updated_at: updatedAt } = conversation;
  return (
    <li className="flex items-center gap-1 rounded hover:bg-raised has-aria-current:bg-accent-soft">
      <button
        type="button"
        aria-current={isCurrent || undefined}
        onClick={() => onSelect(id)}
        className="min-w-0 flex-1 rounded px-2 py-1.5 text-left text-sm -outline-offset-2"
      >
        <span className="block truncate">{title}</span>
        <span className="block text-xs text-quiet">{moment(updatedAt)}</span>
      </button>
      <DeleteButton conversation={conversation} onDeleted={() => isCurrent && onSelect(null)} />
    </li>
  );
}

function DeleteButton({ conversation, onDeleted }: { conversation: Conversation; onDeleted: () => void }) {
  const remove = useDeleteConversation();
  return (
    <ConfirmButton
      icon
      label={`Delete: ${conversation.title}`}
      confirm="Delete"
      isPending={remove.isPending}
      isError={remove.isError}
      onConfirm={() => remove.mutate(conversation.id, { onSuccess: onDeleted })}
    >
      <Trash2 aria-hidden="true" className="size-3.5" />
    </ConfirmButton>
  );
}
