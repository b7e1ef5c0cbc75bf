"use client";

import { SquarePen } from "lucide-react";
import type { ReactNode } from "react";

import { Button } from "@/components/ui/button";
import type { Conversation } from "../api/conversations";
import { ChatTitle } from "./chat-title";
import { ConversationMenu } from "./conversation-menu";

interface ChatHeaderProps {
  conversation: Conversation | null;
  onSelect: (conversationId: string | null) => void;
  action?: ReactNode;
}

export function ChatHeader({ conversation, onSelect, action }: ChatHeaderProps) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line px-3">
      <ChatTitle key={conversation?.id} conversation={conversation} />
      <ConversationMenu currentId={conversation?.id ?? null} onSelect={onSelect} />
      <Button variant="ghost" icon aria-label="New conversation" title="New conversation" onClick={() => onSelect(null)}>
        <SquarePen aria-hidden="true" className="size-4" />
      </Button>
      {action}
    </header>
  );
}
