// RUN: quant-test-opt %s --quantx-fold --split-input-file | FileCheck %s

// Callers and functions change their types together; a float reader inside gets floats.
// CHECK: func.func @main(%{{.*}}: tensor<i32>) -> tensor<2xf32>
// CHECK: %[[C:.*]] = nn.const {{.*}} : tensor<2xi8> as tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK: %[[L:.*]]:2 = nn.while @more do @step(%{{.*}}, %[[C]])
// CHECK-SAME: (tensor<i32>, tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>) -> (tensor<i32>, tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>)
// CHECK: %[[F:.*]] = nn.dequantize %[[L]]#1
// CHECK: return %[[F]]
// CHECK: func.func @more(%{{.*}}: tensor<i32>, %{{.*}}: tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>) -> tensor<i1>
// CHECK: func.func @step(%{{.*}}: tensor<i32>, %[[X:.*]]: tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>) -> (tensor<i32>, tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>)
// CHECK: %[[D:.*]] = quant.dcast %[[X]]
// CHECK: test_net.opaque %[[D]]
// CHECK: %[[Y:.*]] = nn.relu %[[X]]
// CHECK: return %{{.*}}, %[[Y]]
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @main(%n: tensor<i32>) -> tensor<2xf32> {
    %c = nn.const dense<[-2.0, 0.0]> : tensor<2xf32>
    %0 = quantx.fake_quant %c spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<2xf32>
    %1:2 = nn.while @more do @step(%n, %0) : (tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>)
    %2 = quantx.fake_quant %1#1 name "end" spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<2xf32>
    return %2 : tensor<2xf32>
  }
  func.func @more(%n: tensor<i32>, %x: tensor<2xf32>) -> tensor<i1> {
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<2xf32>
    %1 = nn.cast %n : (tensor<i32>) -> tensor<i1>
    return %1 : tensor<i1>
  }
  func.func @step(%n: tensor<i32>, %x: tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>) {
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<2xf32>
    %1 = test_net.opaque %0 : (tensor<2xf32>) -> tensor<2xf32>
    %2 = nn.relu %0 : (tensor<2xf32>) -> tensor<2xf32>
    %3 = quantx.fake_quant %2 spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<2xf32>
    return %n, %3 : tensor<i32>, tensor<2xf32>
  }
}

// -----

// Both ends or none: here one place has other parameters, so that the call keeps its floats.
// CHECK: nn.call @f(%{{.*}}) : (tensor<2xf32>) -> tensor<2x!quant.uniform<i8:f32, 2.500000e-01>>
// CHECK: func.func @f(%{{.*}}: tensor<2xf32>) -> tensor<2x!quant.uniform<i8:f32, 2.500000e-01>>
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 1.0> : tensor<2xf32>
    %1 = nn.call @f(%0) : (tensor<2xf32>) -> tensor<2xf32>
    %2 = quantx.fake_quant %1 spec <i8> as !quant.uniform<i8:f32, 0.25> : tensor<2xf32>
    return %2 : tensor<2xf32>
  }
  func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<2xf32>
    %1 = nn.relu %0 : (tensor<2xf32>) -> tensor<2xf32>
    %2 = quantx.fake_quant %1 spec <i8> as !quant.uniform<i8:f32, 0.25> : tensor<2xf32>
    return %2 : tensor<2xf32>
  }
}

// -----

// A function that returns what it takes has no operator to spell a cast: its caller's dialect does.
// CHECK: func.func @f(%[[X:.*]]: tensor<2xf32>) -> (tensor<2xf32>, tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>)
// CHECK: %[[Q:.*]] = nn.quantize %[[X]]
// CHECK: %[[D:.*]] = nn.dequantize %[[Q]]
// CHECK: return %[[D]], %[[Q]]
module attributes {quantx.scheme = #quantx.scheme<int8>} {
  func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
    %0:2 = nn.call @f(%x) : (tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
    %1 = quantx.fake_quant %0#1 name "second" spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<2xf32>
    return %0#0 : tensor<2xf32>
  }
  func.func @f(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
    %0 = quantx.fake_quant %x spec <i8> as !quant.uniform<i8:f32, 0.5> : tensor<2xf32>
    return %0, %0 : tensor<2xf32>, tensor<2xf32>
  }
}
