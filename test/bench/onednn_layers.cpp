// Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The convolutions and matrix products of a network, called layer by layer in oneDNN: unsigned activations, signed
// weights in whatever layout oneDNN likes best, a scale for each channel, unsigned results that saturate as an
// activation function would. What a network does beside these is left out.

#include <chrono>
#include <cstdint>
#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <random>
#include <unordered_map>
#include <vector>

namespace {

using dnnl::memory;

/// As peers.py lists them. A matrix product is a convolution of 1x1 images.
struct Layer {
  int32_t inputHeight, inputWidth, inputChannels, outputHeight, outputWidth, outputChannels, filterHeight, filterWidth,
      strideHeight, strideWidth, padTop, padLeft, padBottom, padRight, groups, isFloat;
};

struct Network {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::vector<dnnl::convolution_forward> primitives;
  std::vector<std::unordered_map<int, memory>> arguments;
};

memory filled(const memory::desc &desc, const dnnl::engine &engine) {
  memory result(desc, engine);
  std::mt19937 random(1);
  auto *bytes = static_cast<uint8_t *>(result.get_data_handle());
  if (desc.data.data_type == dnnl_f32)
    for (size_t i = 0; i < desc.get_size() / sizeof(float); ++i)
      reinterpret_cast<float *>(bytes)[i] = float(random() % 1000) * 1e-3f;
  else
    for (size_t i = 0; i < desc.get_size(); ++i)
      bytes[i] = uint8_t(random());
  return result;
}

void add(Network &network, const Layer &layer) {
  const memory::data_type activations = layer.isFloat ? memory::data_type::f32 : memory::data_type::u8,
                          weights = layer.isFloat ? memory::data_type::f32 : memory::data_type::s8;
  const bool grouped = layer.groups > 1;
  const memory::dims filter =
      grouped ? memory::dims{layer.groups, layer.outputChannels / layer.groups, layer.inputChannels / layer.groups,
                             layer.filterHeight, layer.filterWidth}
              : memory::dims{layer.outputChannels, layer.inputChannels, layer.filterHeight, layer.filterWidth};
  const memory::desc source({1, layer.inputChannels, layer.inputHeight, layer.inputWidth}, activations,
                            memory::format_tag::nhwc),
      result({1, layer.outputChannels, layer.outputHeight, layer.outputWidth}, activations, memory::format_tag::nhwc),
      plainWeights(filter, weights, memory::format_tag::any),
      bias({layer.outputChannels}, layer.isFloat ? memory::data_type::f32 : memory::data_type::s32,
           memory::format_tag::x);
  dnnl::primitive_attr attributes;
  if (layer.isFloat) {
    dnnl::post_ops clamp;
    clamp.append_eltwise(1.0f, dnnl::algorithm::eltwise_clip, 0.0f, 6.0f);
    attributes.set_post_ops(clamp);
  } else {
    attributes.set_output_scales(1 << 1, std::vector<float>(layer.outputChannels, 1e-3f));
  }
  const dnnl::convolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, source, plainWeights, bias, result,
      {layer.strideHeight, layer.strideWidth}, {layer.padTop, layer.padLeft}, {layer.padBottom, layer.padRight});
  const dnnl::convolution_forward::primitive_desc primitive(desc, attributes, network.engine);
  network.primitives.emplace_back(primitive);
  network.arguments.push_back({{DNNL_ARG_SRC, filled(primitive.src_desc(), network.engine)},
                               {DNNL_ARG_WEIGHTS, filled(primitive.weights_desc(), network.engine)},
                               {DNNL_ARG_BIAS, filled(primitive.bias_desc(), network.engine)},
                               {DNNL_ARG_DST, filled(primitive.dst_desc(), network.engine)}});
}

} // namespace

extern "C" {

/// Null where oneDNN refuses a layer.
void *onednn_create(const Layer *layers, int count) {
  try {
    auto network = std::make_unique<Network>();
    for (int i = 0; i < count; ++i)
      add(*network, layers[i]);
    return network.release();
  } catch (const dnnl::error &) {
    return nullptr;
  }
}

/// Runs all layers in order `runs` times; microseconds of each time into `us`.
void onednn_time(void *handle, int runs, double *us) {
  auto &network = *static_cast<Network *>(handle);
  for (int run = 0; run < runs; ++run) {
    const auto start = std::chrono::steady_clock::now();
    for (size_t i = 0; i < network.primitives.size(); ++i)
      network.primitives[i].execute(network.stream, network.arguments[i]);
    network.stream.wait();
    us[run] = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
  }
}

const char *onednn_version() {
  static const std::string text = std::to_string(dnnl_version()->major) + "." + std::to_string(dnnl_version()->minor) +
                                  "." + std::to_string(dnnl_version()->patch);
  return text.c_str();
}
}
