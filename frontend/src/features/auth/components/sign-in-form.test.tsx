// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import { SignInForm } from "./sign-in-form";

const router = vi.hoisted(() => ({ replace: vi.fn() }));
vi.mock("next/navigation", () => ({ useRouter: () => router }));

const server = vi.fn<typeof fetch>();

beforeEach(() => {
  server.mockReset();
  router.replace.mockReset();
  vi.stubGlobal("fetch", server);
});

async function signIn() {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SignInForm returnTo="/portfolios/1" />
    </QueryClientProvider>,
  );
  const user = userEvent.setup();
  await user.type(screen.getByLabelText("E-mail"), "demo@sigmasight.example");
  await user.type(screen.getByLabelText("Password"), " spaces stay {Enter}");
}

it("signs in and goes to where the person was going", async () => {
  server.mockResolvedValue(new Response(null, { status: 204 }));
  await signIn();
  await waitFor(() => expect(router.replace).toHaveBeenCalledWith("/portfolios/1"));
  expect(server.mock.calls[0]?.[1]?.body).toBe('{"email":"demo@sigmasight.example","password":" spaces stay "}');
});

it("says what was wrong and stays", async () => {
  const refusal = { error: "invalid_credentials", detail: "The e-mail or the password is wrong.", request_id: "r" };
  server.mockResolvedValue(Response.json(refusal, { status: 401 }));
  await signIn();
  expect((await screen.findByRole("alert")).textContent).toContain(refusal.detail);
  expect(router.replace).not.toHaveBeenCalled();
});

it("says that there is no connection", async () => {
  server.mockRejectedValue(new TypeError("Failed to fetch"));
  await signIn();
  expect((await screen.findByRole("alert")).textContent).toContain("No connection");
});
