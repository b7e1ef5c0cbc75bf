"use client";

import { Plus } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { useAssistantTokens, type AssistantTokens, type MadeToken } from "../api/tokens";
import { MadeTokenView } from "./made-token-view";
import { TokenForm } from "./token-form";
import { TokenItem } from "./token-item";

/** Tokens with which other assistants read what the person may read. */
export function AssistantsCard() {
  const [isAdding, setAdding] = useState(false);
  const { data, error, isPending, refetch } = useAssistantTokens();
  const aside = data && hasRoom(data) ? (
    <Button aria-expanded={isAdding} className="text-text" onClick={() => setAdding(!isAdding)}>
      <Plus aria-hidden="true" className="size-3.5" /> New token
    </Button>
  ) : null;
  return (
    <Card title="Other assistants" aside={aside}>
      <p className="mb-2 text-sm text-quiet">
        Let an assistant that speaks MCP, such as Claude Code or an editor, ask for your positions and risk. With a token of yours it reads what you may
        read, and changes nothing.
      </p>
      {isPending ? <LoadingBlock label="Loading the tokens" className="h-20" /> : null}
      {error ? <QueryNotice what="The tokens" error={error} onRetry={() => void refetch()} /> : null}
      {data ? <Tokens tokens={data} isAdding={isAdding} onAdded={() => setAdding(false)} /> : null}
    </Card>
  );
}

interface TokensProps {
  tokens: AssistantTokens;
  isAdding: boolean;
  onAdded: () => void;
}

function Tokens({ tokens, isAdding, onAdded }: TokensProps) {
  const [made, setMade] = useState<MadeToken | null>(null);
  const show = (token: MadeToken) => {
    setMade(token);
    onAdded();
  };
  const forget = (id: string) => setMade((shown) => (shown?.id === id ? null : shown));
  return (
    <>
      {isAdding ? <TokenForm onMade={show} onCancel={onAdded} /> : null}
      {made && tokens.url !== null ? <MadeTokenView made={made} url={tokens.url} onDone={() => setMade(null)} /> : null}
      {tokens.items.length > 0 ? (
        <ul className="divide-y divide-line">
          {tokens.items.map((token) => (
            <TokenItem key={token.id} token={token} onRevoked={() => forget(token.id)} />
          ))}
        </ul>
      ) : null}
      {remark(tokens) ? <p className="py-2 text-sm text-quiet">{remark(tokens)}</p> : null}
    </>
  );
}

const hasRoom = ({ url, items, most }: AssistantTokens) => url !== null && items.length < most;

function remark({ url, items, most }: AssistantTokens): string | null {
  if (url === null) return "Other assistants are switched off on this server.";
  if (items.length === 0) return "No assistant has a token yet.";
  return items.length < most ? null : `These are ${most}, which is the most. Revoke one to make another.`;
}
