"""The forward pass of FORMAT.md section 10.4, as a loss for whole records, and its first weights."""

import json
import math
from dataclasses import dataclass

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, conv2d, elu, linear, pad


@dataclass(frozen=True)
class Spec:
    """A description of FORMAT.md section 10.2."""

    text: str
    name: str
    shape: tuple
    levels: int
    latents: int
    encoder: tuple
    decoder: tuple
    features: int
    kind: str
    hidden: tuple
    radius: int
    rows: int
    marks: bool
    relative: bool
    blocks: tuple
    rank: int
    palette: int
    mark: tuple
    shares_trunk: bool
    components: int
    activation: str

    @staticmethod
    def parse(text):
        d = json.loads(text)
        latents = d["latents"]
        likelihood = d["likelihood"]
        window = likelihood.get("window")
        if isinstance(latents, list) or window is None:
            raise SystemExit("only models with a window and at most one layer of latents can be trained here")
        blocks, mark = likelihood.get("blocks"), likelihood.get("mark")
        if len(d["shape"]) > 2 and ("palette" in likelihood or likelihood["kind"] == "hurdle"):
            raise SystemExit("models with a palette or a hurdle are trained here for one channel alone")
        if mark is not None and (blocks or not mark["hidden"]):
            raise SystemExit("a mark with a head of its own has hidden layers, and there are no blocks then")
        if d.get("activation", "sqlu") != "sqlu":
            raise SystemExit("the activation is sqlu, or ELU if none is named")
        return Spec(
            text=json.dumps(d, separators=(",", ":")), name=d["name"], shape=tuple(d["shape"]), levels=d["levels"],
            latents=latents, encoder=tuple(d["encoder"]["hidden"]) if latents else (),
            decoder=tuple(d["decoder"]["hidden"]) if latents else (),
            features=d["decoder"]["features"] if latents else 0, kind=likelihood["kind"],
            hidden=tuple(likelihood["hidden"]), radius=window["radius"], rows=window["rows"],
            marks=window.get("marks", False), relative=window.get("relative", False),
            blocks=(blocks["count"], blocks["radius"], blocks["rows"]) if blocks else (0, 0, 0),
            rank=likelihood.get("rank", 0), palette=likelihood.get("palette", 0),
            mark=tuple(mark["hidden"]) if mark else (), shares_trunk=likelihood["kind"] == "hurdle" and mark is None,
            components=likelihood.get("components", 0), activation=d.get("activation", "elu"))

    @property
    def extents(self):
        """Height, width and channels."""
        return self.shape if len(self.shape) == 3 else (*self.shape, 1)

    @property
    def dims(self):
        return math.prod(self.shape)

    @property
    def inputs(self):
        """Inputs of the head from the window: M."""
        channels = self.extents[2]
        neighbours = self.rows * (2 * self.radius + 1) + self.radius
        return channels * (neighbours * (2 if self.marks else 1) + (1 if self.relative else 0))

    def tensors(self):
        """Names and shapes of section 10.3."""
        height, width, channels = self.extents
        pixels = height * width
        tensors = {}

        def network(name, inputs, hidden, outputs):
            for i, w in enumerate(hidden):
                tensors[f"{name}.{i}.weight"], tensors[f"{name}.{i}.bias"] = (inputs, w), (w,)
                inputs = w
            tensors[f"{name}.out.weight"], tensors[f"{name}.out.bias"] = (inputs, outputs), (outputs,)

        def head(name, hidden, outputs, blocks):
            first = hidden[0]
            tensors[f"{name}.position"] = (pixels, first)
            tensors[f"{name}.0.weight"] = (self.features + self.inputs, first)
            count, radius, rows = blocks
            taps = rows * (2 * radius + 1) + radius + 1
            for b in range(count):
                tensors[f"{name}.block.{b}.weight"] = (taps * first, first)
                tensors[f"{name}.block.{b}.bias"] = (first,)
            for c in range(channels):
                tail = name if channels == 1 else f"{name}.channel{c}"
                inputs = first
                for i, w in enumerate(hidden[1:], 1):
                    tensors[f"{tail}.{i}.weight"], tensors[f"{tail}.{i}.bias"] = (inputs + c, w), (w,)
                    inputs = w
                tensors[f"{tail}.out.weight"], tensors[f"{tail}.out.bias"] = (inputs + c, outputs), (outputs,)

        if self.latents:
            network("encoder", self.dims, self.encoder, 2 * self.latents)
            network("decoder", self.latents, self.decoder, pixels * self.features)
        outputs = {"bernoulli": 1, "logistic-mixture": 3 * self.components}.get(self.kind, self.rank + self.palette)
        head("head", self.hidden, outputs, self.blocks)
        if self.shares_trunk:
            network("mark", self.hidden[0], (), 1)
        elif self.kind == "hurdle":
            head("mark", self.mark, 1, (0, 0, 0))
        if self.rank:
            tensors["table.weight"], tensors["table.bias"] = (self.rank, self.levels), (self.levels,)
        return tensors


def loss(spec, w, levels, counts, noise, seen, dtype):
    """Nats of the likelihood and of the KL divergence, summed over records [records, height, width, channels].

    counts: of level_counts; noise: a standard normal sample [records, latents], or None; seen: factors for what the
    encoder sees, or None; dtype: that of the trunk's activations.
    """
    values = levels.float() / (spec.levels - 1)
    features, kl = latent_features(spec, w, values, noise, seen)
    inputs, own = window(spec, levels, values)
    if features is not None:
        inputs = torch.cat([features, inputs], -1)
    h = trunk(spec, w, "head", inputs, dtype)
    if spec.kind == "hurdle":
        return hurdle(spec, w, h, inputs, levels[..., 0], counts, dtype), kl
    return channels(spec, w, h, levels, own, counts), kl


def channels(spec, w, h, levels, own, counts):
    """Nats of all channels, from the trunk's outputs."""
    nats = 0
    for c in range(spec.extents[2]):
        tail = "head" if spec.extents[2] == 1 else f"head.channel{c}"
        out = dense_tail(spec, w, tail, h, len(spec.hidden), own[..., :c])
        x = levels[..., c]
        if spec.kind == "bernoulli":
            nats = nats + bernoulli(out[..., 0], x)
        elif spec.kind == "logistic-mixture":
            nats = nats + mixture(spec, out, x, own[..., c])
        else:
            nats = nats + categorical(spec, w, out, x, counts)
    return nats


def hurdle(spec, w, h, inputs, x, counts, dtype):
    """Marks of all pixels, levels of those that are not zero."""
    seen, layers = (h, 1) if spec.shares_trunk else (trunk(spec, w, "mark", inputs, dtype), len(spec.mark))
    coin = dense_tail(spec, w, "mark", seen, layers, x[..., :0])
    nats = bernoulli(coin[..., 0], x > 0)
    if needs_levels(w):
        ink = x.flatten().nonzero().squeeze(-1)
        out = dense_tail(spec, w, "head", h.flatten(0, 2)[ink], len(spec.hidden), x[..., :0])
        nats = nats + categorical(spec, w, out, x.flatten()[ink], counts)
    return nats


def activation(spec, x):
    if spec.activation == "elu":
        return elu(x)
    # The slope as a constant, so that the gradient is one product.
    slope = 1 + 0.5 * x.detach().clamp(-2, 0)
    return x * slope - (slope - 1).square()


def latent_features(spec, w, values, noise, seen):
    if not spec.latents:
        return None, values.new_zeros(())
    x = values if seen is None else values * seen
    out = dense_network(spec, w, "encoder", x.flatten(1), len(spec.encoder))
    mean, log_sigma = out[:, :spec.latents], out[:, spec.latents:].clamp(-6, 1)
    sigma = log_sigma.exp()
    kl = (0.5 * (mean.square() + sigma.square() - 1) - log_sigma).sum()
    features = dense_network(spec, w, "decoder", mean + sigma * noise, len(spec.decoder))
    height, width, _ = spec.extents
    return features.view(len(values), height, width, spec.features), kl


def dense(w, name, x):
    return linear(x, w[name + ".weight"].t(), w[name + ".bias"])


def dense_network(spec, w, name, x, hidden):
    for i in range(hidden):
        x = activation(spec, dense(w, f"{name}.{i}", x))
    return dense(w, f"{name}.out", x)


def window(spec, levels, values):
    """The head's inputs from the neighbourhood, and the values of a pixel's channels as the pixel itself sees them."""
    height, width, _ = spec.extents
    numbers = levels.float() if spec.relative else values
    reference = None
    own = values
    if spec.relative:
        reference = nearest_mean(numbers)
        own = (numbers - reference) * (1 / 32)
    rows, radius = spec.rows, spec.radius
    padded = pad(numbers, (0, 0, radius, radius, rows, 0))
    inside = pad(torch.ones_like(numbers), (0, 0, radius, radius, rows, 0)) if spec.relative else None
    places = [(dy, dx) for dy in range(rows) for dx in range(2 * radius + 1)] + [(rows, dx) for dx in range(radius)]

    def shifted(x, place):
        return x[:, place[0]:place[0] + height, place[1]:place[1] + width]

    parts = [shifted(padded, place) for place in places]
    if spec.relative:
        parts = [(x - reference) * (1 / 32) * shifted(inside, place) for x, place in zip(parts, places)]
        parts.append(reference * (1 / 127.5) - 1)
    elif spec.marks:
        parts += [(x > 0).float() for x in parts]
    return torch.cat(parts, -1), own


def nearest_mean(numbers):
    """The mean of those of the pixels W, NW, N and NE that lie in the record; 127.5 without any."""
    height, width = numbers.shape[1:3]

    def around(x):
        p = pad(x, (0, 0, 1, 1, 1, 0))
        return (p[:, 1:, :width] + p[:, :height, :width] + p[:, :height, 1:width + 1] + p[:, :height, 2:])

    count = around(torch.ones_like(numbers))
    return torch.where(count > 0, around(numbers) / count.clamp(min=1), 127.5)


def trunk(spec, w, name, inputs, dtype):
    height, width, _ = spec.extents
    position = w[name + ".position"].view(height, width, -1)
    h = activation(spec, linear(inputs, w[name + ".0.weight"].t()) + position).to(dtype)
    return blocks(spec, w, h, 0) if name == "head" else h


def blocks(spec, w, h, first):
    """The trunk's blocks of convolutions from the first one given on."""
    count, radius, rows = spec.blocks
    for b in range(first, count):
        taps, bias = w[f"head.block.{b}.weight"].to(h.dtype), w[f"head.block.{b}.bias"].to(h.dtype)
        h = h + activation(spec, CausalConvolution.apply(h, taps, radius, rows) + bias)
    return h


class CausalConvolution(torch.autograd.Function):
    """The taps of FORMAT.md section 10.4 over [records, height, width, units], whose kernels have no rows ahead.

    The gradients are written out, because what PyTorch has for them takes twice as long on a processor.
    """

    @staticmethod
    def forward(ctx, h, taps, radius, rows):
        ctx.save_for_backward(h, taps)
        ctx.radius, ctx.rows = radius, rows
        return convolve(h, kernel(taps, radius, rows), (radius, radius, rows, 0))

    @staticmethod
    def backward(ctx, gradient):
        h, taps = ctx.saved_tensors
        radius, rows = ctx.radius, ctx.rows
        turned = kernel(taps, radius, rows).flip(2, 3).transpose(0, 1)
        return (convolve(gradient, turned, (radius, radius, 0, rows)), tap_gradient(h, gradient, radius, rows),
                None, None)


def kernel(taps, radius, rows):
    """[to, from, rows + 1, 2 radius + 1]: taps are the first ones in row-major order, the others would look ahead."""
    units = taps.shape[1]
    full = pad(taps, (0, 0, 0, radius * units))
    return full.view(rows + 1, 2 * radius + 1, units, units).permute(3, 2, 0, 1)


def convolve(x, kernel, around):
    padded = pad(x, (0, 0, *around)).permute(0, 3, 1, 2)
    return conv2d(padded, kernel.contiguous(memory_format=torch.channels_last)).permute(0, 2, 3, 1)


@torch.library.custom_op("bbans::tap_gradient", mutates_args=())
def tap_gradient(h: torch.Tensor, gradient: torch.Tensor, radius: int, rows: int) -> torch.Tensor:
    """Of the loss by the taps: for each of them one product of matrices, of pixels and those that see them.

    Rows of zeros above each record and columns between its rows make a step to a neighbour the same everywhere.
    """
    units = h.shape[3]
    width = h.shape[2] + radius
    x = pad(h, (0, 0, radius, 0, rows, 0)).view(-1, units)
    g = pad(gradient, (0, 0, radius, 0, rows, 0)).view(-1, units)
    result = []
    for dy in range(rows + 1):
        for dx in range(-radius, radius + 1 if dy < rows else 1):
            step = (rows - dy) * width - dx
            result.append(x[:len(x) - step].t() @ g[step:])
    return torch.cat(result)


@tap_gradient.register_fake
def _(h, gradient, radius, rows):
    side = 2 * radius + 1
    return h.new_empty(((rows * side + radius + 1) * h.shape[3], h.shape[3]))


def dense_tail(spec, w, name, h, layers, before):
    """The layers after the trunk; each of them sees the values of the pixel's channels before its own too."""
    for i in [*range(1, layers), "out"]:
        weight, bias = w[f"{name}.{i}.weight"], w[f"{name}.{i}.bias"]
        units = h.shape[-1]
        dtype = torch.float32 if i == "out" else h.dtype
        y = linear(h.to(dtype), weight[:units].t().to(dtype)).float() + bias
        for c in range(before.shape[-1]):
            y = y + before[..., c:c + 1] * weight[units + c]
        if i == "out":
            return y
        h = activation(spec, y).to(h.dtype)


def bernoulli(logit, x):
    return binary_cross_entropy_with_logits(logit, x.float(), reduction="sum")


def categorical(spec, w, out, x, counts):
    logits = linear(out[..., :spec.rank], w["table.weight"].t(), w["table.bias"])
    for n in range(1, spec.palette + 1):
        had = counts == n if n < spec.palette else counts >= n
        logits = logits + had * out[..., spec.rank + n - 1:spec.rank + n]
    return (torch.logsumexp(logits, -1) - logits.gather(-1, x.long().unsqueeze(-1)).squeeze(-1)).sum()


def needs_levels(w):
    """Whether the levels of a hurdle are of interest; not if only its marks are trained."""
    return w["table.weight"].requires_grad or not torch.is_grad_enabled()


def level_counts(spec, w, levels):
    """For a palette: how many samples before each one, in its record, have each level: rows of `spec.levels` numbers.

    A hurdle has rows of samples that are not zero alone. Not part of the loss, because compilers of tensor programs
    are poor at running sums.
    """
    if not spec.palette or not needs_levels(w):
        return None
    x = levels.flatten(1)
    symbols = torch.arange(spec.levels, dtype=torch.uint8, device=x.device)
    if spec.kind != "hurdle":
        each = x.unsqueeze(-1) == symbols
        return (each.cumsum(1, dtype=torch.int16) - each.short()).view(*levels.shape[:3], spec.levels)
    record, place = x.nonzero(as_tuple=True)
    each = x[record, place].unsqueeze(-1) == symbols
    before = each.cumsum(0, dtype=torch.int32) - each.int()
    ink = (x > 0).sum(1)
    # Of the samples before it in the batch those of earlier records do not count.
    first = (ink.cumsum(0) - ink)[record]
    counts = before - before[first]
    counts[:, 0] = place - counts[:, 1:].sum(1)
    return counts


def mixture(spec, out, x, own):
    n = spec.components
    log_weight = torch.log_softmax(out[..., :n], -1)
    offset = 32 * out[..., n:2 * n] if spec.relative else 127.5 * (out[..., n:2 * n] + 1)
    inverse = torch.exp(-(out[..., 2 * n:] - 3).clamp(-7, 3)) / 127.5
    # What is relative to the nearest pixels' mean is so on both sides.
    distance = ((own * 32 if spec.relative else x.float()).unsqueeze(-1) - offset) * inverse
    above, below = distance + 0.5 * inverse, distance - 0.5 * inverse
    x = x.unsqueeze(-1)
    # Differences of sigmoids keep their precision on the side of the small ones.
    flip = distance > 0
    high = torch.where(flip, -below, above)
    low = torch.where(flip, -above, below)
    first, last = x == 0, x == 255
    inner = torch.sigmoid(high) - torch.sigmoid(low)
    mass = torch.where(first, torch.sigmoid(above), torch.where(last, torch.sigmoid(-below), inner))
    # Every level has a frequency of at least one.
    p = (log_weight.exp() * mass).sum(-1) * (1 - 2.0 ** -16) + 2.0 ** -24
    return -p.log().sum()


def initial(spec, histogram):
    """First weights like those of `bbans train`, from how often every level occurs."""
    h = histogram.double()
    weights = {}
    for name, shape in spec.tensors().items():
        w = torch.zeros(shape)
        if name.endswith(".weight") and not name.startswith("table."):
            w = torch.randn(shape) * math.sqrt(gain(spec, name) / shape[0])
        weights[name] = w
    if spec.rank:
        levels = h.clone()
        if spec.kind == "hurdle":
            levels[0] = 0
        table(weights["table.weight"], weights["table.bias"], levels)
        if spec.kind == "hurdle":
            # Level 0 is the mark's affair.
            weights["table.bias"][0] = -30
            weights["mark.out.bias"] += math.log((levels.sum() + 1) / (h[0] + 1))
    else:
        for name, w in weights.items():
            if name.startswith("head.") and name.endswith("out.bias"):
                if spec.kind == "bernoulli":
                    w += math.log((h[1] + 1) / (h[0] + 1))
                else:
                    n = spec.components
                    means = (2 * torch.arange(n) + 1) / n - 1
                    w[n:2 * n] = means / 2 if spec.relative else means
                    w[2 * n:] = 0 if spec.relative else 1
    return weights


def gain(spec, name):
    """The variance of a layer's outputs if its inputs have a variance of 1."""
    last = ".out." in name
    if last and name.startswith("encoder."):
        return 0.05
    if ".block." in name:
        return 1
    if spec.relative and name.startswith("head."):
        return 0.08 if last else 0.33
    return 0.5 if last else 2


def table(weight, bias, histogram):
    """Cosines of rising frequency over the levels, and a row of its own for each of the few very frequent levels."""
    rank, levels = weight.shape
    total = max(1.0, float(histogram.sum()))
    one = total / 100
    frequent = [v for v in histogram.argsort(descending=True).tolist() if histogram[v] > one][:rank // 4]
    cosines = rank - len(frequent)
    v = torch.arange(levels)
    for r in range(cosines):
        weight[r] = 0.7 * torch.cos(math.pi * (r + 1) * (v + 0.5) / levels)
    for i, level in enumerate(frequent):
        weight[cosines + i, level] = 2
    bias.copy_(((histogram + 0.1 * one) / total).log())
