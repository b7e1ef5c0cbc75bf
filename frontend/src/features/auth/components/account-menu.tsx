"use client";

import { LogOut, Settings, ShieldCheck, User, type LucideIcon } from "lucide-react";
import Link from "next/link";
import { DropdownMenu } from "radix-ui";

import { Button } from "@/components/ui/button";
import { useMe, useSignOut } from "../api/session";

const ITEM = "flex cursor-pointer items-center gap-2 rounded px-2 py-1.5 outline-none data-highlighted:bg-raised";

export function AccountMenu() {
  const me = useMe();
  const signOut = useSignOut();
  // A full load: nothing of this person's data may stay in memory for the next one.
  // eslint-disable-next-line @next/next/no-location-assign-relative-destination -- the full load is the point
  const leave = () => signOut.mutate(undefined, { onSettled: () => window.location.assign("/sign-in") });
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <Button variant="ghost" icon aria-label="Account">
          <User aria-hidden="true" className="size-4" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="z-50 min-w-52 rounded-md border border-line bg-surface p-1 text-sm shadow-lg"
        >
          <DropdownMenu.Label className="px-2 py-1.5">
            <span className="block font-medium">{me.data?.display_name ?? "Signed in"}</span>
            <span className="block text-xs text-quiet">{me.data?.email}</span>
          </DropdownMenu.Label>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <PageItem href="/settings" icon={Settings} label="Settings" />
          {me.data?.role === "admin" ? <PageItem href="/administration" icon={ShieldCheck} label="Administration" /> : null}
          <DropdownMenu.Item onSelect={leave} className={ITEM}>
            <LogOut aria-hidden="true" className="size-4" /> Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function PageItem({ href, icon: Icon, label }: { href: string; icon: LucideIcon; label: string }) {
  return (
    <DropdownMenu.Item asChild className={ITEM}>
      <Link href={href}>
        <Icon aria-hidden="true" className="size-4" /> {label}
      </Link>
    </DropdownMenu.Item>
  );
}
