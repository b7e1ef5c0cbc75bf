import { Trash2 } from "lucide-react";

import { ConfirmButton } from "@/components/ui/confirm-button";
import { day, moment } from "@/lib/format";
import { useRevokeToken, type AssistantToken } from "../api/tokens";

interface TokenItemProps {
  token: AssistantToken;
  onRevoked: () => void;
}

export function TokenItem({ token, onRevoked }: TokenItemProps) {
  const revoke = useRevokeToken(token.id);
  const hasExpired = new Date(token.expires_at) <= new Date();
  return (
    <li className="flex items-start gap-3 py-2.5 text-sm">
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere">{token.name}</p>
        <p className="mt-0.5 text-xs text-quiet">
          {hasExpired ? <span className="text-warn">Expired {day(token.expires_at)}</span> : `Holds until ${day(token.expires_at)}`}
          {" · "}
          {token.last_used_at ? `last used ${moment(token.last_used_at)}` : "never used"}
        </p>
      </div>
      <ConfirmButton
        icon
        label={`Revoke: ${token.name}`}
        confirm="Revoke"
        isPending={revoke.isPending}
        isError={revoke.isError}
        onConfirm={() => revoke.mutate(undefined, { onSuccess: onRevoked })}
      >
        <Trash2 aria-hidden="true" className="size-3.5" />
      </ConfirmButton>
    </li>
  );
}
