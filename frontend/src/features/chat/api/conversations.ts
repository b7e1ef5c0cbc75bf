import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";
import type { Message } from "../stream/reducer";

export type Conversation = Schemas["ConversationOut"];
export type Mode = Conversation["mode"];

const LIST_LIMIT = 20;
const MESSAGES_LIMIT = 100;

export const conversationKeys = {
  all: ["conversations"] as const,
  list: ["conversations", "list"] as const,
  one: (id: string) => ["conversations", "one", id] as const,
  messages: (id: string) => ["conversations", "messages", id] as const,
};

export function useConversations() {
  return useInfiniteQuery({
    queryKey: conversationKeys.list,
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/chat/conversations", { params: { query: { limit: LIST_LIMIT, cursor: pageParam } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

export function useConversation(id: string | null) {
  return useQuery({
    queryKey: conversationKeys.one(id ?? ""),
    queryFn: () => unwrap(api.GET("/chat/conversations/{conversation_id}", forConversation(id ?? ""))),
    enabled: id !== null,
  });
}

export function useMessages(id: string | null) {
  return useQuery({
    queryKey: conversationKeys.messages(id ?? ""),
    queryFn: () => fetchMessages(id ?? ""),
    enabled: id !== null,
  });
}

export function useCreateConversation() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ portfolioId, mode }: { portfolioId: string | null; mode: Mode }) =>
      unwrap(api.POST("/chat/conversations", { body: { portfolio_id: portfolioId, mode } })),
    onSuccess: (conversation) => {
      queryClient.setQueryData(conversationKeys.one(conversation.id), conversation);
      queryClient.setQueryData<Message[]>(conversationKeys.messages(conversation.id), []);
    },
  });
}

export function useDeleteConversation() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/chat/conversations/{conversation_id}", forConversation(id))),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: conversationKeys.list }),
  });
}

export function useRenameConversation(id: string) {
  const keep = useKeepConversation();
  return useMutation({
    mutationFn: (title: string) =>
      unwrap(api.PATCH("/chat/conversations/{conversation_id}", { ...forConversation(id), body: { title } })),
    onSuccess: keep,
  });
}

/** The mode of the questions that follow. */
export function useSetMode(id: string) {
  const keep = useKeepConversation();
  return useMutation({
    mutationFn: (mode: Mode) =>
      unwrap(api.PUT("/chat/conversations/{conversation_id}/mode", { ...forConversation(id), body: { mode } })),
    onSuccess: keep,
  });
}

function useKeepConversation() {
  const queryClient = useQueryClient();
  return (conversation: Conversation) => {
    queryClient.setQueryData(conversationKeys.one(conversation.id), conversation);
    void queryClient.invalidateQueries({ queryKey: conversationKeys.list });
  };
}

/** All messages, oldest first, as the server pages them: the newest are on the last page. */
async function fetchMessages(id: string): Promise<Message[]> {
  const messages: Message[] = [];
  let cursor: string | null | undefined = null;
  do {
    const query = { limit: MESSAGES_LIMIT, cursor };
    const params = { path: { conversation_id: id }, query };
    const page: Schemas["Page_MessageOut_"] = await unwrap(
      api.GET("/chat/conversations/{conversation_id}/messages", { params }),
    );
    messages.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return messages;
}

function forConversation(id: string) {
  return { params: { path: { conversation_id: id } } };
}
