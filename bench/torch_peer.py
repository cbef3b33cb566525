#!/usr/bin/env python3
"""The peer of bench/recovery's last row: BenchJob.medium's model and steps in Python's PyTorch, one thread.

Usage: torch_peer.py TEXT STEPS. Prints steps/s of each window of 20 steps, the first window not counted.
"""
import math
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
LAYERS, WIDTH, HEADS, KV, FF, CONTEXT, BATCH, WINDOW = 4, 192, 6, 2, 512, 128, 8, 20
HEAD = WIDTH // HEADS


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat((-b, a), -1) * sin


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        lin = lambda i, o: torch.nn.Linear(i, o, bias=False)
        self.n1, self.n2 = torch.nn.Parameter(torch.ones(WIDTH)), torch.nn.Parameter(torch.ones(WIDTH))
        self.q, self.k, self.v, self.o = lin(WIDTH, WIDTH), lin(WIDTH, KV * HEAD), lin(WIDTH, KV * HEAD), lin(WIDTH, WIDTH)
        self.gate, self.up, self.down = lin(WIDTH, FF), lin(WIDTH, FF), lin(FF, WIDTH)

    def forward(self, x, cos, sin, mask):
        b = x.shape[0]
        y = norm(x, self.n1)
        split = lambda z, n: z.view(b, CONTEXT, n, HEAD).transpose(1, 2)
        q, k, v = rotate(split(self.q(y), HEADS), cos, sin), rotate(split(self.k(y), KV), cos, sin), split(self.v(y), KV)
        k, v = k.repeat_interleave(HEADS // KV, 1), v.repeat_interleave(HEADS // KV, 1)
        a = (q @ k.transpose(2, 3) / math.sqrt(HEAD) + mask).softmax(-1) @ v
        x = x + self.o(a.transpose(1, 2).reshape(b, CONTEXT, WIDTH))
        y = norm(x, self.n2)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


def norm(x, weight):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * weight


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Embedding(256, WIDTH)
        torch.nn.init.normal_(self.embed.weight, std=0.02)
        self.blocks = torch.nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = torch.nn.Parameter(torch.ones(WIDTH))
        angle = torch.outer(torch.arange(CONTEXT), 10000 ** (-torch.arange(0, HEAD, 2) / HEAD))
        self.cos, self.sin = torch.cat((angle, angle), -1).cos(), torch.cat((angle, angle), -1).sin()
        self.mask = torch.full((CONTEXT, CONTEXT), -1e9).triu(1)

    def forward(self, tokens):
        x = self.embed(tokens)
        for block in self.blocks:
            x = block(x, self.cos, self.sin, self.mask)
        return norm(x, self.norm) @ self.embed.weight.T


def main():
    text = torch.frombuffer(bytearray(open(sys.argv[1], "rb").read()), dtype=torch.uint8).long()
    steps = int(sys.argv[2])
    torch.manual_seed(1)
    model = Model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)
    started = time.perf_counter()
    for step in range(1, steps + 1):
        at = torch.randint(len(text) - CONTEXT - 1, (BATCH,))
        batch = torch.stack([text[i : i + CONTEXT + 1] for i in at])
        loss = F.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        loss.item()
        if step % WINDOW == 0:
            now = time.perf_counter()
            if step > WINDOW:
                print(WINDOW / (now - started), flush=True)
            started = now


main()
