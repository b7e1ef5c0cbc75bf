import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";
import type { Message } from "../stream/reducer";
import { conversationKeys } from "./conversations";

/** What a person thinks of an answer. The stored message is changed in place, so that nothing is loaded again. */
export function useFeedback({ id, conversation_id: conversationId }: Message) {
  const queryClient = useQueryClient();
  const params = { path: { message_id: id } };
  const keep = (feedback: Schemas["FeedbackOut"] | null) =>
    queryClient.setQueryData<Message[]>(conversationKeys.messages(conversationId), (messages) =>
      messages?.map((message) => (message.id === id ? { ...message, feedback } : message)),
    );
  const give = useMutation({
    mutationFn: (given: Schemas["FeedbackIn"]) =>
      unwrap(api.POST("/agent/messages/{message_id}/feedback", { params, body: given })),
    onSuccess: keep,
  });
  const withdraw = useMutation({
    mutationFn: () => unwrap(api.DELETE("/agent/messages/{message_id}/feedback", { params })),
    onSuccess: () => keep(null),
  });
  return { give: give.mutateAsync, withdraw: withdraw.mutateAsync };
}
