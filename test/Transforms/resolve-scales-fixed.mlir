// RUN: quant-test-opt %s --quantx-resolve-scales | FileCheck %s

// What is requantized beside a free operand brings its range along: [-1, 0.9921875] and [0, 0.25] make 1/128. Without it
// the values of the fixed operand would be cut off at 0.25.
// CHECK-LABEL: @wider_than_the_free_one
// CHECK: %[[GATE:.*]] = quantx.fake_quant %{{.*}} name "gate" {{.*}} as !quant.uniform<i8:f32, 1.562500e-02:10>
// CHECK: %[[Q:.*]] = quantx.fake_quant %[[GATE]] spec <i8> as !quant.uniform<i8:f32, 7.812500e-03>
// CHECK: test_net.join %{{.*}}, %[[Q]]
// CHECK: name "joined" {{.*}} as !quant.uniform<i8:f32, 7.812500e-03>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @wider_than_the_free_one(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = quantx.fake_quant %x name "x" spec <i8> stats <min = 0.0, max = 0.25> : tensor<8xf32>
    %1 = test_net.gate %0 : (tensor<8xf32>) -> tensor<8xf32>
    %2 = quantx.fake_quant %1 name "gate" spec <i8> stats <min = -1.0, max = 0.9921875> : tensor<8xf32>
    %3 = test_net.join %0, %2 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    %4 = quantx.fake_quant %3 name "joined" spec <i8> stats <min = -1.0, max = 0.9921875> : tensor<8xf32>
    return %4 : tensor<8xf32>
  }
}
