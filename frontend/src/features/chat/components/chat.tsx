"use client";

import { useRef, useState, type ReactNode } from "react";

import { Notice } from "@/components/ui/notice";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { ApiError } from "@/lib/api/errors";
import { useCreateConversation, useSetMode, type Conversation, type Mode } from "../api/conversations";
import { isActive, type Question } from "../stream/store";
import { turnStore, useTurn } from "../stream/use-turn";
import { transcriptEntries } from "../transcript-entries";
import { Announcer } from "./announcer";
import { ChatHeader } from "./chat-header";
import { Composer } from "./composer";
import { EmptyChat } from "./empty-chat";
import { ModeChoice } from "./mode-choice";
import { Transcript } from "./transcript";
import { useEscapeToStop } from "./use-escape-to-stop";

export interface ChatProps {
  /** Null for a conversation that begins with the first question. */
  conversationId: string | null;
  onConversationChange: (conversationId: string | null) => void;
  /** What the person looks at: where the analyst looks first. */
  context: NonNullable<Question["ui_context"]>;
  /** A control at the right end of the header, such as one that closes the panel. */
  action?: ReactNode;
  /** Whether the question field takes the focus when the chat appears. */
  autoFocus?: boolean;
}

export function Chat({ conversationId, onConversationChange, context, action, autoFocus = false }: ChatProps) {
  const root = useRef<HTMLElement>(null);
  const { turn, conversation, messages } = useTurn(conversationId);
  const mode = useMode(conversation.data ?? null);
  const { ask, creationError } = useAsk({ conversationId, onConversationChange, context, mode: mode.value });
  const isBusy = isActive(turn);
  const stop = () => conversationId && void turnStore.stop(conversationId);
  useEscapeToStop(root, isBusy, stop);

  const askFromButton = (text: string) => {
    void ask(text);
    // The button goes away with the focus; here Escape still reaches the answer, and no phone's keyboard comes up.
    root.current?.focus({ preventScroll: true });
  };

  const entries = transcriptEntries(messages.data ?? [], turn);
  return (
    <section ref={root} tabIndex={-1} aria-label="Analyst" className="flex min-h-0 flex-1 flex-col outline-none">
      <ChatHeader conversation={conversation.data ?? null} onSelect={onConversationChange} action={action} />
      <ChatBody
        error={messages.error ?? conversation.error}
        isLoading={messages.isLoading}
        onRetry={() => void messages.refetch()}
      >
        {entries.length > 0 ? (
          <Transcript
            entries={entries}
            isBusy={isBusy}
            onAsk={askFromButton}
            onRetry={() => conversationId && void turnStore.retry(conversationId)}
            onRegenerate={(messageId) => conversationId && void turnStore.regenerate(conversationId, messageId)}
            onEdit={(messageId, text) => void ask(text, messageId)}
          />
        ) : (
          <EmptyChat hasPortfolio={Boolean(context.portfolio_id)} onAsk={askFromButton} />
        )}
      </ChatBody>
      {creationError ? (
        <Notice tone="error" className="mx-4 mb-2">
          The conversation could not be started. {creationError.message}
        </Notice>
      ) : null}
      <Composer
        onAsk={ask}
        onStop={stop}
        isBusy={isBusy}
        isStopping={turn?.stopRequested ?? false}
        autoFocus={autoFocus}
      >
        <ModeChoice value={mode.value} onChange={mode.set} failure={mode.failure} />
      </Composer>
      <Announcer turn={turn} />
    </section>
  );
}

interface ChatBodyProps {
  error: Error | null;
  isLoading: boolean;
  onRetry: () => void;
  children: ReactNode;
}

function ChatBody({ error, isLoading, onRetry, children }: ChatBodyProps) {
  if (isLoading) return <LoadingBlock label="Loading the conversation" className="m-4 h-40" />;
  if (!error) return children;
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <div className="flex-1 p-4">
      {isGone ? (
        <Notice tone="warning">There is no such conversation. It may have been deleted.</Notice>
      ) : (
        <QueryNotice what="The conversation" error={error} onRetry={onRetry} />
      )}
    </div>
  );
}

/** The mode of the open conversation, or of the one that begins with the next question. */
function useMode(conversation: Conversation | null) {
  const [ofNew, setOfNew] = useState<Mode>("standard");
  const change = useSetMode(conversation?.id ?? "");
  return {
    value: conversation ? (change.isPending ? change.variables : conversation.mode) : ofNew,
    set: (mode: Mode) => (conversation ? change.mutate(mode) : setOfNew(mode)),
    failure: change.isError ? "The mode could not be changed." : null,
  };
}

type UseAskOptions = Pick<ChatProps, "conversationId" | "onConversationChange" | "context"> & { mode: Mode };

/** Ask in the open conversation, or in a new one. Resolves to whether the question was taken. */
function useAsk({ conversationId, onConversationChange, context, mode }: UseAskOptions) {
  const create = useCreateConversation();
  const [creationError, setCreationError] = useState<Error | null>(null);

  async function ask(text: string, replacedMessageId: string | null = null): Promise<boolean> {
    setCreationError(null);
    try {
      const id = conversationId ?? (await create.mutateAsync({ portfolioId: context.portfolio_id ?? null, mode })).id;
      void turnStore.ask(id, { text, ui_context: context, replaces_message_id: replacedMessageId });
      if (id !== conversationId) onConversationChange(id);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setCreationError(error);
      return false;
    }
  }
  return { ask, creationError };
}
