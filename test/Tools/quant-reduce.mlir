// A module that shows something becomes the smallest one that still shows it: one function, one operator.
// RUN: quant-reduce %s --reduction-tree='traversal-mode=0 test=%S/Inputs/has-hard-swish' 2>/dev/null | FileCheck %s --implicit-check-not=nn. --implicit-check-not=func.func

// The passes are there to reduce with, too.
// RUN: quant-reduce %s --opt-reduction-pass='opt-pass=cse test=%S/Inputs/has-hard-swish' 2>/dev/null | FileCheck %s --check-prefix=CSE

// CHECK: func.func @interesting
// CHECK-NEXT: %[[R:.*]] = nn.hard_swish
// CHECK-NEXT: return %[[R]]

// CSE-LABEL: func.func @interesting
// CSE: nn.relu6
// CSE-NOT: nn.relu6
func.func @other(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = nn.relu %x : (tensor<8xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}
func.func @interesting(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = nn.relu6 %x : (tensor<8xf32>) -> tensor<8xf32>
  %1 = nn.relu6 %x : (tensor<8xf32>) -> tensor<8xf32>
  %2 = nn.mul %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %3 = nn.hard_swish %2 : (tensor<8xf32>) -> tensor<8xf32>
  %4 = nn.add %3, %x : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %4 : tensor<8xf32>
}
