// Questions to the server. What fails is told in words; nothing is tried twice, because a move may have been made.
export async function load(root, isPoll = false) {
  const headers = isPoll ? { "X-Poll": "calendar" } : {};
  const response = await fetch(root.dataset.events, { headers, redirect: "manual", signal: AbortSignal.timeout(20_000) });
  if (!response.ok) throw new Error(String(response.status));
  return response.text();
}

export async function post(root, url, fields, words) {
  const body = new URLSearchParams({ ...fields, show: root.dataset.show, csrfmiddlewaretoken: root.dataset.token });
  try {
    const response = await fetch(url, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(20_000) });
    if (response.type === "opaqueredirect" || response.status === 403) return { state: "lost", words: words.signed_out };
    if (response.ok || response.status === 409 || response.status === 422) return await response.json();
  } catch {
    // Said below.
  }
  return { state: "lost", words: words.lost };
}
